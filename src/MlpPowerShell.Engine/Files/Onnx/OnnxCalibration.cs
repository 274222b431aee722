using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files.Onnx;

/// <summary>Writes what calibrates the sums of the output layer.</summary>
internal static class OnnxCalibration
{
    /// <summary>What the names of its nodes begin with.</summary>
    public const string Prefix = "calibrated_";

    // Beside it, no sum of a network counts.
    private const float Nothing = -1e30f;

    /// <summary>Adds the nodes.</summary>
    /// <returns>The sums that give calibrated probabilities.</returns>
    /// <exception cref="MlpException">The calibration is by points.</exception>
    public static string Write(OnnxGraphBuilder builder, OutputCalibration calibration, OutputFunction function, string sums)
    {
        IReadOnlyList<CalibrationCurve> curves = CalibrationLines.Of(calibration, ModelFormat.Onnx);
        if (curves.Count == 0)
            return builder.Node($"{Prefix}sums", "Div", [sums, builder.Constant($"{Prefix}temperature", [(float)calibration.Temperature])]);
        string odds = function == OutputFunction.Softmax ? LogOdds(builder, sums, curves.Count) : sums;
        string scaled = builder.Node($"{Prefix}scaled", "Mul", [odds, Each("slopes", curve => curve.Slope)]);
        string shifted = builder.Node($"{Prefix}odds", "Add", [scaled, Each("intercepts", curve => curve.Intercept)]);
        if (function != OutputFunction.Softmax)
            return shifted;
        string less = builder.Node($"{Prefix}less", "Softplus", [builder.Node($"{Prefix}against", "Neg", [shifted])]);
        return builder.Node($"{Prefix}sums", "Neg", [less]);

        string Each(string name, Func<CalibrationCurve, double> value) =>
            builder.Constant($"{Prefix}{name}", [.. curves.Select(curve => (float)value(curve))], 1, curves.Count);
    }

    /// <summary>Of each class its sum less the logarithm of the sum of the exponentials of all others.</summary>
    private static string LogOdds(OnnxGraphBuilder builder, string sums, int classes)
    {
        var mask = new float[classes * classes];
        for (int i = 0; i < classes; i++)
            mask[(i * classes) + i] = Nothing;
        string rows = builder.Node($"{Prefix}rows", "Unsqueeze", [sums, builder.Constant($"{Prefix}row_axis", [1L], 1)]);
        string others = builder.Node(
            $"{Prefix}others", "Add", [rows, builder.Constant($"{Prefix}own", mask, 1, classes, classes)]);
        string all = builder.Node(
            $"{Prefix}all", "ReduceLogSumExp", [others, builder.Constant($"{Prefix}sum_axis", [2L], 1)], ("keepdims", 0));
        return builder.Node($"{Prefix}log_odds", "Sub", [sums, all]);
    }
}
