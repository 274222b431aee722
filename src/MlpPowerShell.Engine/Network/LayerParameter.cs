namespace MlpPowerShell.Engine.Network;

/// <summary>What a parameter does in its layer.</summary>
internal enum ParameterKind
{
    /// <summary>Weights, [out, in].</summary>
    Weight,

    /// <summary>Biases, [out].</summary>
    Bias,

    /// <summary>Scales of batch normalization, [out].</summary>
    Scale,

    /// <summary>Slopes of PReLU below 0, [out].</summary>
    Slope,

    /// <summary>Running means of batch normalization, [out].</summary>
    RunningMean,

    /// <summary>Running variances of batch normalization, [out].</summary>
    RunningVariance,
}

/// <summary>A parameter of a layer: its memory, in which MathNet's columns follow each other.</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Rows">Rows of the matrix, the layer's units.</param>
/// <param name="Columns">Columns of the matrix; 1 of a vector.</param>
/// <param name="Values">The memory, rows × columns values.</param>
internal readonly record struct LayerParameter(int Layer, ParameterKind Kind, int Rows, int Columns, float[] Values)
{
    /// <summary>The name, as in a model file: layers.0.weight.</summary>
    public string Name => $"layers.{Layer}.{Kind switch
    {
        ParameterKind.RunningMean => "running_mean",
        ParameterKind.RunningVariance => "running_var",
        ParameterKind.Weight => "weight",
        ParameterKind.Bias => "bias",
        ParameterKind.Scale => "scale",
        ParameterKind.Slope => "slope",
    }}";

    /// <summary>The gradient's name in formulas: dW1, db1, dγ1, da1.</summary>
    public string GradientName => $"d{Kind switch
    {
        ParameterKind.Weight => 'W',
        ParameterKind.Bias => 'b',
        ParameterKind.Scale => 'γ',
        ParameterKind.Slope => 'a',
        ParameterKind.RunningMean or ParameterKind.RunningVariance => throw new InvalidOperationException($"{Name} has no gradient."),
    }}{Layer + 1}";
}

internal static class ParameterKindExtensions
{
    /// <summary>Whether it has a gradient.</summary>
    public static bool IsTrained(this ParameterKind kind) =>
        kind is ParameterKind.Weight or ParameterKind.Bias or ParameterKind.Scale or ParameterKind.Slope;
}
