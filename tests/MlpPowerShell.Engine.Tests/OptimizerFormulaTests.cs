using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Each optimizer against its paper's formula in float64, over many steps of one set of weights.</summary>
public sealed unsafe class OptimizerFormulaTests
{
    private const int Steps = 300;
    private const int Length = 96;

    /// <summary>What a step makes of a weight, along a slope that holds coupled decay already; first and second are the memories.</summary>
    private delegate double Formula(double weight, double slope, ref Memory memory, in Given given);

    private static readonly Dictionary<OptimizerKind, Formula> _formulas = new()
    {
        [OptimizerKind.Sgd] = (double w, double g, ref Memory _, in Given given) => w - (given.Rate * g),
        [OptimizerKind.Momentum] = (double w, double g, ref Memory memory, in Given given) =>
        {
            memory.First = (given.Momentum * memory.First) + g;
            return w - (given.Rate * memory.First);
        },
        [OptimizerKind.Nesterov] = (double w, double g, ref Memory memory, in Given given) =>
        {
            memory.First = (given.Momentum * memory.First) + g;
            return w - (given.Rate * (g + (given.Momentum * memory.First)));
        },
        [OptimizerKind.RMSprop] = (double w, double g, ref Memory memory, in Given given) =>
        {
            memory.Second = (given.Alpha * memory.Second) + ((1 - given.Alpha) * g * g);
            return w - (given.Rate * g / (Math.Sqrt(memory.Second) + given.Epsilon));
        },
        [OptimizerKind.Adagrad] = (double w, double g, ref Memory memory, in Given given) =>
        {
            memory.Second += g * g;
            return w - (given.Rate * g / (Math.Sqrt(memory.Second) + given.Epsilon));
        },
        [OptimizerKind.Adam] = AdamStep,
        [OptimizerKind.AdamW] = (double w, double g, ref Memory memory, in Given given) => AdamStep(
            w - (given.Rate * given.WeightDecay * w), g, ref memory, given),
        [OptimizerKind.Lion] = (double w, double g, ref Memory memory, in Given given) =>
        {
            double update = Math.Sign((given.Beta1 * memory.First) + ((1 - given.Beta1) * g));
            memory.First = (given.Beta2 * memory.First) + ((1 - given.Beta2) * g);
            return w - (given.Rate * (update + (given.WeightDecay * w)));
        },
        [OptimizerKind.NAdam] = (double w, double g, ref Memory memory, in Given given) =>
        {
            double momentum = given.Beta1 * (1 - (0.5 * Math.Pow(0.96, 0.004 * given.Step)));
            double next = given.Beta1 * (1 - (0.5 * Math.Pow(0.96, 0.004 * (given.Step + 1))));
            memory.Product = (given.Step == 1 ? 1 : memory.Product) * momentum;
            memory.First = (given.Beta1 * memory.First) + ((1 - given.Beta1) * g);
            memory.Second = (given.Beta2 * memory.Second) + ((1 - given.Beta2) * g * g);
            double root = Math.Sqrt(memory.Second / (1 - Math.Pow(given.Beta2, given.Step))) + given.Epsilon;
            return w - (given.Rate * (1 - momentum) / (1 - memory.Product) * g / root)
                - (given.Rate * next / (1 - (memory.Product * next)) * memory.First / root);
        },
    };

    /// <summary>What each does where nothing is given, by paper and PyTorch; a weight decay apart from the gradient is Decoupled.</summary>
    private static readonly Dictionary<OptimizerKind, (Given Given, bool Decoupled)> _defaults = new()
    {
        [OptimizerKind.Sgd] = (new Given(), false),
        [OptimizerKind.Momentum] = (new Given { Momentum = 0.9 }, false),
        [OptimizerKind.Nesterov] = (new Given { Momentum = 0.9 }, false),
        [OptimizerKind.RMSprop] = (new Given { Alpha = 0.99, Epsilon = 1e-8 }, false),
        [OptimizerKind.Adagrad] = (new Given { Epsilon = 1e-10 }, false),
        [OptimizerKind.Adam] = (new Given { Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8 }, false),
        [OptimizerKind.AdamW] = (new Given { Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8, WeightDecay = 0.01 }, true),
        [OptimizerKind.Lion] = (new Given { Beta1 = 0.9, Beta2 = 0.99 }, true),
        [OptimizerKind.NAdam] = (new Given { Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8 }, false),
    };

    public static TheoryData<OptimizerKind> Optimizers => TrainingTests.Optimizers;

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Steps_are_those_of_the_papers_formula(OptimizerKind kind)
    {
        (Given given, bool decoupled) = _defaults[kind];
        AssertFollows(kind, new OptimizerOptions { Kind = kind }, given, decoupled);
        AssertFollows(
            kind,
            new OptimizerOptions { Kind = kind, WeightDecay = 0.3, L1 = 0.02, ClipValue = 0.7 },
            given with { WeightDecay = 0.3, L1 = 0.02, ClipValue = 0.7 },
            decoupled);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Options_that_are_given_are_used_or_named_as_unused(OptimizerKind kind)
    {
        (Given given, bool decoupled) = _defaults[kind];
        var options = new OptimizerOptions { Kind = kind, Momentum = 0.7, Beta1 = 0.6, Beta2 = 0.8, Alpha = 0.5, Epsilon = 0.01 };
        AssertFollows(kind, options, given with { Momentum = 0.7, Beta1 = 0.6, Beta2 = 0.8, Alpha = 0.5, Epsilon = 0.01 }, decoupled);
        (string Name, double Value)[] values =
        [
            ("Momentum", given.Momentum), ("Beta1", given.Beta1), ("Beta2", given.Beta2), ("Alpha", given.Alpha),
            ("Epsilon", given.Epsilon),
        ];
        string[] unused = [.. from option in values where option.Value == 0 select option.Name];
        Assert.Equal(unused, options.Unused.Select(option => option.Option));
        Assert.Empty(new OptimizerOptions { Kind = kind, WeightDecay = 0.1, L1 = 0.1, ClipNorm = 1, ClipValue = 1 }.Unused);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void What_an_optimizer_does_by_itself_makes_no_other_run(OptimizerKind kind)
    {
        (Given given, _) = _defaults[kind];
        MlpModel model = MlpModel.Create(2, new HiddenLayers([3], [Activation.ReLU]), 2, Initializer.Default, 1);
        var options = new TrainingOptions { Epochs = 1, LearningRate = 0.1, Optimizer = new() { Kind = kind } };
        TrainingOptions named = options with
        {
            Optimizer = options.Optimizer with
            {
                Momentum = given.Momentum,
                Beta1 = given.Beta1,
                Beta2 = given.Beta2,
                Alpha = given.Alpha,
            },
        };
        Assert.Equal(options.Acting(model), named.Acting(model));
        if (given.Beta2 > 0)
            Assert.Equal("0.7", (options with { Optimizer = options.Optimizer with { Beta2 = 0.7 } }).Acting(model)["Beta2"]);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Rows_in_place_take_the_step_that_they_take_side_by_side(OptimizerKind kind)
    {
        const int Width = 32;
        foreach (Kernel kernel in Kernel.All)
        {
            (AlignedBuffer weights, AlignedBuffer gradient) = Start();
            (AlignedBuffer inPlace, _) = Start();
            var next = new AlignedBuffer(Length);
            var old = new AlignedBuffer(Length);
            var options = new OptimizerOptions { Kind = kind, WeightDecay = 0.1, L1 = 0.01 };
            Optimizer whole = new(kind, Length), rows = new(kind, Length);
            for (int step = 1; step <= 3; step++)
            {
                Draw(gradient, step);
                whole.BeginStep(kernel, weights, gradient, next, options, 0.01, 0.5);
                whole.Update(0, Length);
                whole.EndStep();
                rows.BeginStep(kernel, inPlace, gradient, inPlace, options, 0.01, 0.5);
                var squares = new float[Length / Width];
                rows.UpdateRows(0, Width, [0, 1, 2], gradient.Pointer, old.Pointer, squares);
                rows.EndStep();
                Assert.Equal(Values(weights), Values(old));
                (weights, next) = (next, weights);
                Assert.Equal(Values(weights), Values(inPlace));
            }
        }
    }

    private static double AdamStep(double w, double g, ref Memory memory, in Given given)
    {
        memory.First = (given.Beta1 * memory.First) + ((1 - given.Beta1) * g);
        memory.Second = (given.Beta2 * memory.Second) + ((1 - given.Beta2) * g * g);
        double mean =
            memory.First / (1 - Math.Pow(given.Beta1, given.Step)), square = memory.Second / (1 - Math.Pow(given.Beta2, given.Step));
        return w - (given.Rate * mean / (Math.Sqrt(square) + given.Epsilon));
    }

    private static void AssertFollows(OptimizerKind kind, OptimizerOptions options, Given given, bool decoupled)
    {
        foreach (Kernel kernel in Kernel.All)
        {
            (AlignedBuffer weights, AlignedBuffer gradient) = Start();
            double[] expected = [.. Values(weights).Select(value => (double)value)];
            var memories = new Memory[Length];
            var next = new AlignedBuffer(Length);
            var optimizer = new Optimizer(kind, Length);
            for (int step = 1; step <= Steps; step++)
            {
                Draw(gradient, step);
                double rate = 0.01 / (1 + (0.01 * step));
                Given now = given with { Rate = rate, Step = step };
                for (int i = 0; i < Length; i++)
                {
                    double slope = Math.Clamp(0.8 * gradient.Pointer[i], -given.ClipValue, given.ClipValue);
                    slope += decoupled ? 0 : given.WeightDecay * expected[i];
                    double moved = _formulas[kind](expected[i], slope, ref memories[i], now);
                    expected[i] = Math.Sign(moved) * Math.Max(0, Math.Abs(moved) - (rate * given.L1));
                }

                optimizer.BeginStep(kernel, weights, gradient, next, options, rate, 0.8);
                optimizer.Update(0, Length);
                optimizer.EndStep();
                Assert.True(optimizer.IsFinite);
                (weights, next) = (next, weights);
                for (int i = 0; i < Length; i++)
                    Assert.Equal(expected[i], weights.Pointer[i], 2e-5 * Math.Max(1, Math.Abs(expected[i])));
            }
        }
    }

    private static (AlignedBuffer Weights, AlignedBuffer Gradient) Start()
    {
        var weights = new AlignedBuffer(Length);
        Draw(weights, 0);
        return (weights, new AlignedBuffer(Length));
    }

    private static void Draw(AlignedBuffer buffer, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < Length; i++)
            buffer.Pointer[i] = (random.NextSingle() * 2) - 1 + (i % 3 == 0 ? 0.3f : 0);
    }

    private static float[] Values(AlignedBuffer buffer) => new Span<float>(buffer.Pointer, Length).ToArray();

    private struct Memory
    {
        public double First, Second, Product;
    }

    private readonly record struct Given()
    {
        public double Rate { get; init; }

        public long Step { get; init; }

        public double Momentum { get; init; }

        public double Beta1 { get; init; }

        public double Beta2 { get; init; }

        public double Alpha { get; init; }

        public double Epsilon { get; init; }

        public double WeightDecay { get; init; }

        public double L1 { get; init; }

        public double ClipValue { get; init; } = double.PositiveInfinity;
    }
}
