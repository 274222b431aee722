using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Parity;

/// <summary>
/// Draws networks, data and options from a seed, by sums and products alone, so that every machine draws the same ones. Numbers have few
/// digits, and some are exactly 0: rows of features, biases, weights of the output layer.
/// </summary>
public sealed class NetworkDraw
{
    // PyTorch has no Lion, and searches lines otherwise.
    private static readonly OptimizerKind[] _optimizers =
        [.. Enum.GetValues<OptimizerKind>().Where(kind => kind is not (OptimizerKind.Lion or OptimizerKind.LBFGS))];

    private readonly Random _random;
    private readonly bool _isSmall;

    private NetworkDraw(int seed, int number, bool isSmall)
    {
        _random = new Random(unchecked((seed * 1_000_003) + number));
        _isSmall = isSmall;
    }

    /// <summary>Draws a network.</summary>
    /// <param name="seed">The same seed gives the same networks.</param>
    /// <param name="number">Which of them.</param>
    /// <param name="isSmall">Whether it is to have few weights, samples and steps, for figures that are kept.</param>
    public static NetworkCase Of(int seed, int number, bool isSmall) => new NetworkDraw(seed, number, isSmall).Draw(number);

    private bool OneIn(int times) => _random.Next(times) == 0;

    private T OneOf<T>(params T[] values) => values[_random.Next(values.Length)];

    private double Between(double least, double most) => least + ((most - least) * _random.NextDouble());

    private double Power(double least, double most) => Math.Round(Math.Pow(10, Between(least, most)), 6);

    private float[] Numbers(int count, double size) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)Math.Round(Between(-size, size), _isSmall ? 2 : 3))];

    private NetworkCase Draw(int number)
    {
        LossKind loss = OneOf(Enum.GetValues<LossKind>());
        bool isOneOfMany = loss.IsOfClasses();
        int outputs = isOneOfMany ? _random.Next(2, 7) : _random.Next(1, _isSmall ? 3 : 5);
        int[] hidden = [.. Enumerable.Range(0, _random.Next(0, _isSmall ? 3 : 4)).Select(_ => Width())];
        int[] sizes = [_isSmall ? _random.Next(1, 5) : _random.Next(1, 21), .. hidden, outputs];
        string[] activations = Array.ConvertAll(hidden, _ => OneOf([.. Activation.All]).Name);
        bool isNormalized = hidden.Length > 0 && OneIn(3);
        int count = _isSmall ? _random.Next(4, 10) : !isNormalized && OneIn(8) ? _random.Next(250, 300) : _random.Next(2, 60);
        bool isPixels = OneIn(6);
        bool isClasses = !loss.IsRegression() && (isOneOfMany || outputs == 1 || OneIn(2));
        double[]? classWeights = !isClasses || !OneIn(3) ? null
            : OneIn(3) ? [] : [.. Enumerable.Range(0, loss.ClassesOf(outputs)).Select(_ => OneOf(0, 0.5, 1, 2, 3.7))];
        return new NetworkCase
        {
            Number = number,
            Sizes = sizes,
            Activations = activations,
            BatchNormalization = isNormalized,
            Loss = loss,
            LossOptions = new LossOptions
            {
                HuberDelta = Power(-0.5, 0.5),
                Quantile = Math.Round(Between(0.05, 0.95), 2),
                FocalGamma = OneOf(0, 0.5, 1, 2),
            },
            Parameters = Parameters(sizes, activations, isNormalized),
            Features = isPixels ? null : Features(count, sizes[0]),
            Pixels = isPixels ? [.. Enumerable.Range(0, count * sizes[0]).Select(_ => (byte)_random.Next(256))] : null,
            Labels = isClasses ? [.. Enumerable.Range(0, count).Select(_ => _random.Next(loss.ClassesOf(outputs)))] : null,
            Targets = isClasses ? null : Targets(loss, count * outputs),
            SampleWeights = OneIn(4) ? [1f, .. Enumerable.Range(1, count - 1).Select(_ => OneOf(0f, 0.5f, 1f, 1f, 2f, 7.25f))] : null,
            ClassWeights = classWeights,
            Options = Options(loss, count, isNormalized, classWeights),
        };
    }

    private int Width() => _isSmall ? _random.Next(1, 6) : OneIn(10) ? _random.Next(60, 130) : _random.Next(1, 41);

    private Dictionary<string, float[]> Parameters(int[] sizes, string[] activations, bool isNormalized)
    {
        var parameters = new Dictionary<string, float[]>();
        double gain = OneOf(0.5, 1, 1, 2);
        for (int i = 0; i < sizes.Length - 1; i++)
        {
            (int inputs, int outputs, bool isHidden) = (sizes[i], sizes[i + 1], i < sizes.Length - 2);
            bool isZero = !isHidden && OneIn(12);
            parameters[$"layers.{i}.weight"] = Numbers(inputs * outputs, isZero ? 0 : gain * Math.Sqrt(6.0 / (inputs + outputs)));
            parameters[$"layers.{i}.bias"] = Numbers(outputs, OneIn(3) ? 0 : 0.5);
            if (isHidden && isNormalized)
                parameters[$"layers.{i}.scale"] = Array.ConvertAll(Numbers(outputs, 0.5), scale => 1 + scale);
            if (isHidden && Activation.Named(activations[i]).InitialSlope is not null)
                parameters[$"layers.{i}.slope"] = Numbers(outputs, 0.5);
        }

        return parameters;
    }

    private float[] Features(int count, int width)
    {
        double size = OneOf(1, 2, 2, 2, 100);
        bool hasEmptyRows = OneIn(6);
        return [.. Enumerable.Range(0, count).SelectMany(_ => Numbers(width, hasEmptyRows && OneIn(3) ? 0 : size))];
    }

    private float[] Targets(LossKind loss, int count)
    {
        if (loss == LossKind.Poisson)
            return [.. Enumerable.Range(0, count).Select(_ => (float)_random.Next(6))];
        if (loss.IsRegression())
            return Numbers(count, OneOf(1, 1, 5));
        bool isSoft = OneIn(4);
        return [.. Enumerable.Range(0, count).Select(_ => isSoft ? (float)Math.Round(_random.NextDouble(), 2) : _random.Next(2))];
    }

    private TrainingOptions Options(LossKind loss, int count, bool isNormalized, double[]? classWeights)
    {
        int mostSteps = _isSmall ? 6 : 24;
        int epochs = _random.Next(1, 6);
        int least = Math.Max(isNormalized ? 2 : 1, (int)Math.Ceiling(count * epochs / (double)mostSteps));
        int? batchSize = OneIn(3) || least > count ? null : _random.Next(least, count + 1);
        OptimizerKind kind = OneOf(_optimizers);
        bool isDescent = kind is OptimizerKind.Sgd or OptimizerKind.Momentum or OptimizerKind.Nesterov;
        double rate = isDescent ? Power(-3, loss.IsRegression() ? -1.3 : -0.3) : Power(-4, -1.5);
        var options = new TrainingOptions
        {
            Epochs = epochs,
            BatchSize = batchSize,
            NoShuffle = true,
            LearningRate = rate,
            Schedule = Schedule(epochs, rate),
            Optimizer = Optimizer(kind),
            LabelSmoothing = loss is LossKind.CrossEntropy or LossKind.BinaryCrossEntropy && OneIn(4) ? Math.Round(Between(0, 0.4), 2) : 0,
            NormalizationMomentum = isNormalized && OneIn(3) ? Math.Round(Between(0.05, 1), 2) : 0.1,
            MaxNorm = OneIn(8) ? Power(-0.5, 0.5) : null,
            KeepZeros = OneIn(8),
            EvaluateTraining = batchSize is not null && OneIn(3),
            ThreadCount = _random.Next(1, 4),
            ClassWeight = classWeights is null ? null
                : classWeights.Length == 0 ? ClassWeights.Balanced
                : new ClassWeights(classWeights.Select((weight, i) => (weight, i)).ToDictionary(pair => $"{pair.i}", pair => pair.weight)),
        };
        bool averages = OneIn(3), averagesSteps = OneIn(2);
        return options with
        {
            AverageDecay = averages && averagesSteps ? Math.Round(Between(0.1, 0.99), 2) : 0,
            AverageFrom = averages && !averagesSteps ? _random.Next(1, epochs + 1) : null,
        };
    }

    private OptimizerOptions Optimizer(OptimizerKind kind)
    {
        bool hasMomentum = kind is OptimizerKind.Momentum or OptimizerKind.Nesterov;
        bool isAdam = kind is OptimizerKind.Adam or OptimizerKind.AdamW or OptimizerKind.NAdam;
        bool isAdaptive = isAdam || kind is OptimizerKind.RMSprop or OptimizerKind.Adagrad;
        return new OptimizerOptions
        {
            Kind = kind,
            Momentum = hasMomentum && OneIn(2) ? Math.Round(Between(0, 0.99), 2) : null,
            Beta1 = isAdam && OneIn(2) ? Math.Round(Between(0, 0.95), 2) : null,
            Beta2 = isAdam && OneIn(2) ? Math.Round(Between(0.5, 0.999), 3) : null,
            Alpha = kind == OptimizerKind.RMSprop && OneIn(2) ? Math.Round(Between(0.5, 0.999), 3) : null,
            Epsilon = isAdaptive && OneIn(3) ? Power(-6, -2) : null,
            WeightDecay = OneIn(3) ? Power(-4, -0.5) : null,
            L1 = OneIn(5) ? Power(-4, -1) : 0,
            DecayBias = OneIn(4),
            ClipNorm = OneIn(4) ? Power(-2, 1) : null,
            ClipValue = OneIn(6) ? Power(-3, 0) : null,
        };
    }

    private ScheduleOptions Schedule(int epochs, double rate)
    {
        ScheduleKind kind = OneIn(2) ? ScheduleKind.Constant : OneOf(Enum.GetValues<ScheduleKind>());
        double? warmup = OneIn(4) ? Math.Round(Between(0, epochs - 0.5), 1) : null;

        // PyTorch restarts after whole steps, of which an even number of epochs has two halves.
        bool canRestart = kind == ScheduleKind.Cosine && warmup is null && epochs % 2 == 0;
        return new ScheduleOptions
        {
            Kind = kind,
            WarmupEpochs = kind == ScheduleKind.OneCycle ? null : warmup,
            FinalLearningRate = kind is ScheduleKind.Cosine or ScheduleKind.Plateau && OneIn(2) ? rate / 8 : 0,
            DecayRate = OneIn(2) && kind is ScheduleKind.Step or ScheduleKind.Exponential or ScheduleKind.Plateau ? 0.5 : null,
            DecayEvery = kind == ScheduleKind.Step ? _random.Next(1, 3) : 10,
            Restarts = canRestart ? _random.Next(2) : 0,
            Power = kind == ScheduleKind.Polynomial ? OneOf(0.5, 1, 2) : 1,
            PlateauPatience = kind == ScheduleKind.Plateau ? _random.Next(1, 3) : 5,
            PlateauThreshold = kind == ScheduleKind.Plateau ? OneOf(1e-4, 0.3, 0.9) : 1e-4,
            PlateauCooldown = kind == ScheduleKind.Plateau ? _random.Next(2) : 0,
        };
    }
}
