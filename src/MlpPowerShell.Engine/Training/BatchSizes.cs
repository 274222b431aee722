namespace MlpPowerShell.Engine.Training;

/// <summary>How samples are cut into batches: all of one size, but for the last, which has what is left.</summary>
/// <param name="Usual">Samples of a batch.</param>
/// <param name="Least">The fewest that make a batch of their own; what is left of fewer joins the batch before.</param>
internal readonly record struct BatchSizes(int Usual, int Least)
{
    /// <summary>Into how many batches samples are cut.</summary>
    public int Batches(long samples)
    {
        long left = samples % Usual;
        long batches = (samples / Usual) + (left > 0 ? 1 : 0);
        return (int)(left > 0 && left < Least && batches > 1 ? batches - 1 : batches);
    }

    /// <summary>Where a batch starts, and how many samples it has.</summary>
    public (long Start, int Count) Batch(long samples, int index)
    {
        long start = (long)index * Usual;
        return (start, index == Batches(samples) - 1 ? (int)(samples - start) : Usual);
    }
}
