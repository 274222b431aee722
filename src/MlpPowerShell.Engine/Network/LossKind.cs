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
}

/// <summary>All that there is to know of a loss.</summary>
/// <param name="Function">What the output layer does with its sums.</param>
/// <param name="Each">
/// The loss of each output on its own; null where it is that of all together, which <see cref="Kernels.Kernel"/> has.
/// </param>
/// <param name="Option">The one of <see cref="LossOptions"/> that it has; null where it has none.</param>
internal sealed record LossDefinition(OutputFunction Function, Func<LossOptions, OutputLoss>? Each, string? Option = null);

internal static class LossTable
{
    private static readonly LossDefinition _crossEntropy = new(OutputFunction.Softmax, null);
    private static readonly LossDefinition _binaryCrossEntropy = new(OutputFunction.Sigmoid, _ => Of(new BinaryCrossEntropy()));
    private static readonly LossDefinition _meanSquaredError = new(OutputFunction.Identity, _ => Of(new MeanSquaredError()));
    private static readonly LossDefinition _meanAbsoluteError = new(OutputFunction.Identity, _ => Of(new MeanAbsoluteError()));
    private static readonly LossDefinition _huber =
        new(OutputFunction.Identity, options => Of(new Huber(options.HuberDelta)), nameof(LossOptions.HuberDelta));

    /// <summary>What there is to know of a loss.</summary>
    public static LossDefinition Definition(this LossKind loss) => loss switch
    {
        LossKind.CrossEntropy => _crossEntropy,
        LossKind.BinaryCrossEntropy => _binaryCrossEntropy,
        LossKind.MeanSquaredError => _meanSquaredError,
        LossKind.MeanAbsoluteError => _meanAbsoluteError,
        LossKind.Huber => _huber,
    };

    /// <summary>What the output layer does with its sums.</summary>
    public static OutputFunction Function(this LossKind loss) => loss.Definition().Function;

    /// <summary>Whether the outputs are numbers rather than probabilities.</summary>
    public static bool IsRegression(this LossKind loss) => loss.Function() == OutputFunction.Identity;

    private static OutputLoss<TFormula> Of<TFormula>(TFormula formula)
        where TFormula : struct, ILossFormula => new(formula);
}
