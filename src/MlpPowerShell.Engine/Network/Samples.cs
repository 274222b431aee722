namespace MlpPowerShell.Engine.Network;

/// <summary>Samples as a network takes them: features, and what its outputs should be. Immutable.</summary>
internal sealed class Samples
{
    /// <summary>Samples.</summary>
    public required int Count { get; init; }

    /// <summary>Dense features of a sample; may be 0 where there are codes.</summary>
    public required int DenseCount { get; init; }

    /// <summary>Count × DenseCount features where they are bytes, each worth byte / 255.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>Count × DenseCount features where they are floats.</summary>
    public float[]? Floats { get; init; }

    /// <summary>One-hot columns of a sample.</summary>
    public int CodeCount { get; init; }

    /// <summary>Count × CodeCount numbers of the one-hot input that is 1, counted over all columns, or -1 for none.</summary>
    public int[]? Codes { get; init; }

    /// <summary>The output that is each sample's class, -1 where it is none of the model's; null where there are no labels.</summary>
    public int[]? Labels { get; init; }

    /// <summary>Count × outputs numbers that the outputs should be, or null.</summary>
    public float[]? Targets { get; init; }

    /// <summary>How much each sample counts, or null where all count 1.</summary>
    public float[]? Weights { get; init; }

    /// <summary>How much a sample counts.</summary>
    public float WeightOf(int sample) => Weights is null ? 1 : Weights[sample];

    /// <summary>Whether what one of so many outputs stands for holds for a sample: a label of it, or its class.</summary>
    public bool HoldsAt(int sample, int output, int outputs) =>
        Targets is not null ? Targets[(sample * outputs) + output] > 0.5f : Labels![sample] == output;

    /// <summary>Checks that the samples fit a network, so that whoever has their numbers can follow pointers to them.</summary>
    /// <param name="layout">The network.</param>
    /// <param name="leastLabel">-1 where a sample may have a class that is none of the model's, otherwise 0.</param>
    /// <exception cref="ArgumentException">They don't.</exception>
    public void Check(ParameterLayout layout, int leastLabel)
    {
        int outputs = layout.Layers[^1].Outputs;
        bool fits = DenseCount == layout.Layers[0].Inputs
            && CodeCount == layout.OneHot.CodeCount
            && ((Bytes?.LongLength ?? Floats?.LongLength) ?? 0) >= (long)Count * DenseCount
            && (Codes?.LongLength ?? 0) >= (long)Count * CodeCount
            && (Codes is null || AreWithin(Codes, -1, layout.OneHot.Count))
            && (Labels is null || (Labels.Length >= Count && AreWithin(Labels, leastLabel, layout.Loss.ClassesOf(outputs))))
            && (Targets is null || Targets.LongLength >= (long)Count * outputs)
            && (Weights is null || Weights.Length >= Count);
        if (!fits)
        {
            throw new ArgumentException($"{Count} samples of {DenseCount} features and {CodeCount} columns do not fit the network, or "
                + $"their labels are none of its outputs.");
        }
    }

    private static bool AreWithin(ReadOnlySpan<int> values, int least, int end) => values.IndexOfAnyExceptInRange(least, end - 1) < 0;
}
