using MathNet.Numerics.LinearAlgebra;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What one step of gradient descent does beside following the gradient.</summary>
public class OptimizerTests
{
    private const double Rate = 0.5;
    private static readonly MlpDataset _data = TestData.Random(3, 300, 20, 4);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weight_decay_adds_to_the_gradient_and_L1_takes_weights_towards_zero(bool decayBias)
    {
        var options = new OptimizerOptions { DecayBias = decayBias };
        AssertStep(options with { WeightDecay = 0.3 }, (gradient, weight) => gradient + (0.3 * weight));
        AssertStep(options with { L1 = 0.2 }, (gradient, _) => gradient);
        AssertStep(options with { WeightDecay = 0.3, L1 = 0.2 }, (gradient, weight) => gradient + (0.3 * weight));
    }

    [Theory]
    [MemberData(nameof(TrainingTests.Optimizers), MemberType = typeof(TrainingTests))]
    public void L1_makes_weights_exactly_zero_and_leaves_biases_and_scales(OptimizerKind kind)
    {
        var hidden = new HiddenLayers([30], [Activation.Named("PReLU")]) { BatchNormalization = true };
        MlpModel model = MlpModel.Create(20, hidden, 4, Initializer.Default, 1);
        double rate = OptimizerOptions.DefaultLearningRate(kind, LossKind.CrossEntropy);
        var options = new TrainingOptions
        {
            Epochs = 40,
            LearningRate = rate,
            BatchSize = 50,
            Optimizer = new() { Kind = kind, L1 = 0.3 / rate / 240 },
        };
        _ = MlpTrainer.Train(model, _data, null, options).Count();
        float[] weights = model.Layers[0].Weights.ToColumnMajorArray();
        Assert.InRange(weights.Count(weight => weight == 0), 20, 590);
        Assert.All(
            new[] { model.Layers[0].Biases, model.Layers[0].Slopes!, model.Layers[0].Normalization!.Scale, model.Layers[1].Biases },
            vector => Assert.DoesNotContain(0f, vector));
    }

    [Fact]
    public void Clipping_by_value_limits_each_entry() =>
        AssertStep(new OptimizerOptions { ClipValue = 0.01 }, (gradient, _) => Math.Clamp(gradient, -0.01, 0.01));

    [Theory]
    [InlineData(0.01)]
    [InlineData(1e6)]
    public void Clipping_by_norm_shortens_the_whole_gradient_if_it_is_longer(double limit)
    {
        double scale = Math.Min(1, limit / Norm(Model()));
        AssertStep(new OptimizerOptions { ClipNorm = limit }, (gradient, _) => scale * gradient);
    }

    [Fact]
    public void Clipping_by_norm_comes_before_clipping_by_value()
    {
        double scale = 0.05 / Norm(Model());
        Assert.True(scale < 1);
        AssertStep(
            new OptimizerOptions { ClipNorm = 0.05, ClipValue = 0.002 }, (gradient, _) => Math.Clamp(scale * gradient, -0.002, 0.002));
    }

    [Fact]
    public void The_gradient_is_clipped_before_the_weights_decay() =>
        AssertStep(
            new OptimizerOptions { ClipValue = 0.01, WeightDecay = 0.3 },
            (gradient, weight) => Math.Clamp(gradient, -0.01, 0.01) + (0.3 * weight));

    [Theory]
    [InlineData(null)]
    [InlineData(300)]
    public void The_gradient_norm_is_that_before_clipping(int? batchSize)
    {
        var options = new TrainingOptions
        {
            Epochs = 1,
            LearningRate = Rate,
            BatchSize = batchSize,
            Optimizer = new OptimizerOptions { ClipNorm = 0.001 },
        };
        Assert.Equal(Norm(Model()), MlpTrainer.Train(Model(), _data, null, options).Single().GradientNorm, 1e-6);
        Assert.Equal(Norm(Model()), MlpTrainer.Train(Model(), _data, null, options with { Optimizer = new() }).Single().GradientNorm, 1e-6);
    }

    [Fact]
    public void Clipping_by_norm_gives_the_same_bits_on_any_number_of_threads()
    {
        float[][] results = [.. new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            MlpModel model = Model();
            var options = new TrainingOptions
            {
                Epochs = 3,
                LearningRate = 0.1,
                BatchSize = 33,
                ThreadCount = threads,
                Optimizer = new OptimizerOptions { Kind = OptimizerKind.AdamW, ClipNorm = 0.05 },
            };
            _ = MlpTrainer.Train(model, _data, null, options).Count();
            return TestData.Parameters(model);
        })];
        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    private static MlpModel Model() =>
        MlpModel.Create(20, new HiddenLayers([70, 17], [Activation.ReLU, Activation.Named("Tanh")]), 4, Initializer.Default, 5)
            .Named(_data);

    private static double Norm(MlpModel model) =>
        Math.Sqrt(GradientProbe.Compute(model, _data).Sum(gradient => gradient.Value.Enumerate().Sum(value => (double)value * value)));

    /// <summary>Checks one step of the whole set, in full-batch and in mini-batch training: w - rate × slope(gradient, w).</summary>
    private static void AssertStep(OptimizerOptions optimizer, Func<double, double, double> slope)
    {
        foreach (int? batchSize in new int?[] { null, 300 })
        {
            MlpModel before = Model();
            MlpModel after = Model();
            _ = MlpTrainer.Train(
                after,
                _data,
                null,
                new TrainingOptions { Epochs = 1, LearningRate = Rate, BatchSize = batchSize, Optimizer = optimizer, NoShuffle = true })
                .Count();
            Matrix<float>[] gradients = [.. GradientProbe.Compute(before, _data).Select(gradient => gradient.Value)];
            for (int i = 0; i < before.Layers.Count; i++)
            {
                AssertMoved(before.Layers[i].Weights, after.Layers[i].Weights, gradients[2 * i], decays: true);
                Matrix<float> biases = before.Layers[i].Biases.ToColumnMatrix();
                AssertMoved(biases, after.Layers[i].Biases.ToColumnMatrix(), gradients[(2 * i) + 1], optimizer.DecayBias);
            }
        }

        void AssertMoved(Matrix<float> from, Matrix<float> to, Matrix<float> gradient, bool decays)
        {
            foreach ((int row, int column, float weight) in from.EnumerateIndexed())
            {
                double moved = weight - (Rate * slope(gradient[row, column], decays ? weight : 0));
                double threshold = decays ? Rate * optimizer.L1 : 0;
                Assert.Equal(Math.Sign(moved) * Math.Max(0, Math.Abs(moved) - threshold), to[row, column], 1e-6);
            }
        }
    }
}
