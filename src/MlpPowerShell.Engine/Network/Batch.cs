namespace MlpPowerShell.Engine.Network;

/// <summary>Some samples that one gradient is of.</summary>
/// <param name="Data">Where the samples are; they must fit the model.</param>
/// <param name="Order">The samples' order, or null for the order of the data.</param>
/// <param name="Start">The first sample's place in the order.</param>
/// <param name="Count">How many samples.</param>
internal readonly record struct Batch(Samples Data, int[]? Order, int Start, int Count)
{
    /// <summary>Samples that the loss is the mean of, those that others score included.</summary>
    public int MeanOver { get; init; } = Count;
}
