namespace MlpPowerShell.Engine.Network;

/// <summary>
/// Names what training minimizes, which also decides what the outputs are. Means over samples and outputs, as in PyTorch.
/// </summary>
public enum LossKind
{
    /// <summary>Softmax and cross-entropy: one class a sample.</summary>
    CrossEntropy,

    /// <summary>A sigmoid and binary cross-entropy for each output: any number of labels a sample, or one output for two classes.</summary>
    BinaryCrossEntropy,

    /// <summary>Regression by (y - t)².</summary>
    MeanSquaredError,

    /// <summary>Regression by |y - t|.</summary>
    MeanAbsoluteError,

    /// <summary>Regression by (y - t)² / 2 up to a distance of δ, and δ (|y - t| - δ/2) beyond (Huber, 1964).</summary>
    Huber,

    /// <summary>Regression by ln cosh(y - t), nearly (y - t)² / 2 where that is small and |y - t| - ln 2 where it is large.</summary>
    LogCosh,

    /// <summary>Regression of a quantile τ by τ (t - y) or (1 - τ) (y - t), whichever is positive (Koenker and Bassett, 1978).</summary>
    Quantile,

    /// <summary>Counts and rates by exp(z) - t z: the outputs are exp(z), what is expected by Poisson's distribution.</summary>
    Poisson,

    /// <summary>Softmax and -(1 - p)^γ ln p, which turns to what is not yet right: one class a sample (Lin et al., 2017).</summary>
    Focal,

    /// <summary>A sigmoid for each output and the focal loss of each, for labels as binary cross-entropy is.</summary>
    BinaryFocal,

    /// <summary>
    /// Classes with an order, by cumulative logits: an output for each step from a class to the next, and a probability of each class
    /// (McCullagh, 1980).
    /// </summary>
    Ordinal,
}

/// <summary>What the output layer does with its sums, which are then called so in files.</summary>
internal enum OutputFunction
{
    /// <summary>Probabilities of classes, which sum to 1.</summary>
    Softmax,

    /// <summary>A probability for each output.</summary>
    Sigmoid,

    /// <summary>Numbers.</summary>
    Identity,

    /// <summary>Numbers above 0, the exponentials of the sums.</summary>
    Exponential,

    /// <summary>Of each class but the last the probability of what lies above it, which falls from one to the next.</summary>
    Ordinal,
}

/// <summary>All that there is to know of a loss.</summary>
/// <param name="Function">What the output layer does with its sums.</param>
/// <param name="Each">
/// The loss of each output on its own; null where it is that of all together, which <see cref="Kernels.Kernel"/> has.
/// </param>
/// <param name="Option">The one of <see cref="LossOptions"/> that it has; null where it has none.</param>
/// <param name="Version">The version of model files from which on they know it.</param>
internal sealed record LossDefinition(
    OutputFunction Function, Func<LossOptions, OutputLoss>? Each, string? Option = null, int Version = 2)
{
    /// <summary>Whether it is a cross-entropy that counts the less, the nearer a prediction is.</summary>
    public bool IsFocal => Option == nameof(LossOptions.FocalGamma);
}

internal static class LossTable
{
    private static readonly LossDefinition _crossEntropy = new(OutputFunction.Softmax, null, Version: 1);
    private static readonly LossDefinition _binaryCrossEntropy = new(OutputFunction.Sigmoid, _ => Of(new BinaryCrossEntropy()));
    private static readonly LossDefinition _meanSquaredError = new(OutputFunction.Identity, _ => Of(new MeanSquaredError()));
    private static readonly LossDefinition _meanAbsoluteError = new(OutputFunction.Identity, _ => Of(new MeanAbsoluteError()));
    private static readonly LossDefinition _huber =
        new(OutputFunction.Identity, options => Of(new Huber(options.HuberDelta)), nameof(LossOptions.HuberDelta));

    private static readonly LossDefinition _logCosh = new(OutputFunction.Identity, _ => Of(new LogCosh()), Version: 6);
    private static readonly LossDefinition _quantile =
        new(OutputFunction.Identity, options => Of(new Quantile(options.Quantile)), nameof(LossOptions.Quantile), Version: 6);

    private static readonly LossDefinition _poisson = new(OutputFunction.Exponential, _ => Of(new Poisson()), Version: 6);
    private static readonly LossDefinition _focal = new(OutputFunction.Softmax, null, nameof(LossOptions.FocalGamma), Version: 6);
    private static readonly LossDefinition _binaryFocal =
        new(OutputFunction.Sigmoid, options => Of(new BinaryFocal(options.FocalGamma)), nameof(LossOptions.FocalGamma), Version: 6);
    private static readonly LossDefinition _ordinal = new(OutputFunction.Ordinal, null, Version: 7);

    /// <summary>What there is to know of a loss.</summary>
    public static LossDefinition Definition(this LossKind loss) => loss switch
    {
        LossKind.CrossEntropy => _crossEntropy,
        LossKind.BinaryCrossEntropy => _binaryCrossEntropy,
        LossKind.MeanSquaredError => _meanSquaredError,
        LossKind.MeanAbsoluteError => _meanAbsoluteError,
        LossKind.Huber => _huber,
        LossKind.LogCosh => _logCosh,
        LossKind.Quantile => _quantile,
        LossKind.Poisson => _poisson,
        LossKind.Focal => _focal,
        LossKind.BinaryFocal => _binaryFocal,
        LossKind.Ordinal => _ordinal,
    };

    /// <summary>What the output layer does with its sums.</summary>
    public static OutputFunction Function(this LossKind loss) => loss.Definition().Function;

    /// <summary>Whether the outputs are numbers rather than probabilities.</summary>
    public static bool IsRegression(this LossKind loss) => loss.Function() is OutputFunction.Identity or OutputFunction.Exponential;

    /// <summary>Whether a number can be what an output should be.</summary>
    public static bool Takes(this LossKind loss, double target) => loss.Function() switch
    {
        OutputFunction.Sigmoid => target is >= 0 and <= 1,
        OutputFunction.Exponential => target >= 0,
        OutputFunction.Softmax or OutputFunction.Ordinal or OutputFunction.Identity => true,
    };

    /// <summary>Whether it is for classes alone, one for each sample.</summary>
    public static bool IsOfClasses(this LossKind loss) => loss.Function() is OutputFunction.Softmax or OutputFunction.Ordinal;

    /// <summary>How many classes so many outputs can tell apart.</summary>
    public static int ClassesOf(this LossKind loss, int outputs) => loss.Function() switch
    {
        OutputFunction.Ordinal => outputs + 1,
        OutputFunction.Sigmoid => Math.Max(2, outputs),
        OutputFunction.Softmax or OutputFunction.Identity or OutputFunction.Exponential => outputs,
    };

    /// <summary>How many outputs tell so many classes apart, at least 2.</summary>
    public static int OutputsFor(this LossKind loss, int classes) => loss.Function() switch
    {
        OutputFunction.Ordinal => classes - 1,
        OutputFunction.Sigmoid => classes == 2 ? 1 : classes,
        OutputFunction.Softmax or OutputFunction.Identity or OutputFunction.Exponential => classes,
    };

    private static OutputLoss<TFormula> Of<TFormula>(TFormula formula)
        where TFormula : struct, ILossFormula => new(formula);
}
