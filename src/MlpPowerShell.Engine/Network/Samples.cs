namespace MlpPowerShell.Engine.Network;

/// <summary>Samples as a network takes them: features, and what its outputs should be.</summary>
internal sealed class Samples
{
    public required int Count { get; init; }
    public required int DenseCount { get; init; }
    public byte[]? Bytes { get; init; }
    public float[]? Floats { get; init; }
    public int CodeCount { get; init; }
    public int[]? Codes { get; init; }
    public int[]? Labels { get; init; }
    public float[]? Targets { get; init; }
    public float[]? Weights { get; init; }
}
internal sealed record InputPlan(int DenseCount, int OneHotCount, int CodeCount, int[]? Order);
