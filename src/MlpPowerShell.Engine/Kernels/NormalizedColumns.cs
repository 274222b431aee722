namespace MlpPowerShell.Engine.Kernels;

/// <summary>Where columns that are normalized stand, and what they are normalized with.</summary>
/// <param name="values">What is normalized, or its deltas, in place.</param>
/// <param name="stride">Floats from one row to the next, of the values and of the normalized ones.</param>
/// <param name="normalized">The normalized values, before they are scaled.</param>
/// <param name="inverseDeviations">A column's 1 / standard deviation.</param>
/// <param name="scales">What a column's normalized values are multiplied with.</param>
internal readonly unsafe struct NormalizedColumns(
    float* values, nint stride, float* normalized, float* inverseDeviations, float* scales)
{
    public float* Values { get; } = values;

    public nint Stride { get; } = stride;

    public float* Normalized { get; } = normalized;

    public float* InverseDeviations { get; } = inverseDeviations;

    public float* Scales { get; } = scales;
}
