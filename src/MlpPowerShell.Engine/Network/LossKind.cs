namespace MlpPowerShell.Engine.Network;

/// <summary>Names what training minimizes, which also decides what the outputs are. Means over samples and outputs, as in PyTorch.</summary>
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

    /// <summary>Regression by (y - t)² / 2 up to a distance of 1, and |y - t| - 1/2 beyond (Huber, 1964).</summary>
    Huber,
}

internal static class LossKindExtensions
{
    /// <summary>Whether the outputs are numbers rather than probabilities.</summary>
    public static bool IsRegression(this LossKind loss) => loss is LossKind.MeanSquaredError or LossKind.MeanAbsoluteError or LossKind.Huber;

    /// <summary>What the output layer does with its sums.</summary>
    public static string OutputActivation(this LossKind loss) => loss switch
    {
        LossKind.CrossEntropy => "Softmax",
        LossKind.BinaryCrossEntropy => "Sigmoid",
        _ => "Identity",
    };
}
