using System.Runtime.InteropServices;
using MlpPowerShell.Engine.Data;

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

    /// <summary>How much each sample counts in training, or null where all count 1.</summary>
    public float[]? Weights { get; init; }

    /// <summary>A data set's samples as a model takes them. Nothing is copied, but labels where classes are not the model's.</summary>
    public static Samples Of(MlpDataset dataset, MlpModel model)
    {
        int[]? labels = ArrayOf(dataset.Labels);
        int classes = Math.Max(2, model.OutputSize);
        return new Samples
        {
            Count = dataset.Count,
            DenseCount = dataset.FeatureCount,
            Bytes = dataset.Bytes,
            Floats = dataset.Floats,
            Labels = labels is null || dataset.LargestLabel < classes
                ? labels
                : Array.ConvertAll(labels, label => label < classes ? label : -1),
            Targets = dataset.TargetNames.Count == model.OutputSize ? ArrayOf(dataset.Targets) : null,
            Weights = ArrayOf(dataset.SampleWeights),
        };
    }

    // A data set hands out whole arrays, or nothing.
    private static T[]? ArrayOf<T>(ReadOnlyMemory<T> memory) =>
        MemoryMarshal.TryGetArray(memory, out ArraySegment<T> segment) && segment.Count > 0 ? segment.Array : null;
}
