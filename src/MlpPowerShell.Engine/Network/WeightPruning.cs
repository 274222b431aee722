namespace MlpPowerShell.Engine.Network;

/// <summary>Sets the smallest weights to zero (magnitude pruning; Han et al., 2015).</summary>
public static class WeightPruning
{
    private const int PartLength = 1 << 20;

    /// <summary>
    /// A copy of a model without its smallest weights; biases and scales stay, and a calibration, which was fitted to all weights, goes
    /// where one changes. Training gives none of these weights a value again.
    /// </summary>
    /// <param name="model">The model, which stays as it is.</param>
    /// <param name="sparsity">The fraction of the weights that become zero, at least 0 and below 1.</param>
    /// <param name="perLayer">Whether that fraction is taken of each layer, rather than of all layers together.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="MlpException">The fraction is outside its range.</exception>
    public static MlpModel Prune(
        MlpModel model, double sparsity, bool perLayer = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!(sparsity >= 0 && sparsity < 1))
        {
            throw new MlpException(
                "InvalidSparsity",
                MlpErrorKind.InvalidArgument,
                $"The sparsity is {sparsity}; it is a fraction of the weights, at least 0 and below 1.");
        }

        MlpModel pruned = model.Copy();
        float[][] layers = [.. pruned.Layers.Select(layer => layer.WeightStorage)];
        if (perLayer)
        {
            foreach (float[] weights in layers)
                Prune([weights], sparsity, cancellation);
        }
        else
        {
            Prune(layers, sparsity, cancellation);
        }

        if (!pruned.Layers.Zip(model.Layers).All(pair => pair.First.WeightStorage.AsSpan().SequenceEqual(pair.Second.WeightStorage)))
            pruned.Output = pruned.Output.Uncalibrated;
        return pruned;
    }

    /// <summary>The fraction of a model's weights that are zero.</summary>
    public static double SparsityOf(MlpModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        double all = model.Layers.Sum(layer => layer.WeightStorage.LongLength);
        return model.Layers.Sum(layer => layer.WeightStorage.Count(weight => weight == 0)) / all;
    }

    // Of weights that are equally small, the first ones go, so that the count is exact.
    private static void Prune(float[][] layers, double sparsity, CancellationToken cancellation)
    {
        long count = (long)Math.Round(layers.Sum(weights => weights.LongLength) * sparsity);
        if (count == 0)
            return;
        (float limit, long atLimit) = LimitOf(layers, count, cancellation);
        foreach (Memory<float> part in Parts(layers, cancellation))
        {
            Span<float> weights = part.Span;
            for (int i = 0; i < weights.Length; i++)
            {
                float magnitude = MathF.Abs(weights[i]);
                if (magnitude < limit || (magnitude == limit && atLimit-- > 0))
                    weights[i] = 0;
            }
        }
    }

    /// <summary>
    /// The largest of so many smallest magnitudes, and how many of that very size are among them. The bits of magnitudes stand in their
    /// order, so that counting the upper halves, and then the lower ones below the upper half that is met, takes the place of sorting.
    /// </summary>
    private static (float Limit, long AtLimit) LimitOf(float[][] layers, long count, CancellationToken cancellation)
    {
        const int Half = 16;
        var upper = new long[1 << Half];
        var lower = new long[1 << Half];
        foreach (Memory<float> part in Parts(layers, cancellation))
        {
            foreach (float weight in part.Span)
                upper[BitsOf(weight) >> Half]++;
        }

        uint met = Reach(upper, ref count);
        foreach (Memory<float> part in Parts(layers, cancellation))
        {
            foreach (float weight in part.Span)
            {
                if (BitsOf(weight) >> Half == met)
                    lower[BitsOf(weight) & (uint)(lower.Length - 1)]++;
            }
        }

        uint bits = (met << Half) | Reach(lower, ref count);
        return (BitConverter.UInt32BitsToSingle(bits), count);

        static uint BitsOf(float weight) => BitConverter.SingleToUInt32Bits(MathF.Abs(weight));

        // The place at which the counts reach what is left, which is then what is left of that place alone.
        static uint Reach(long[] counts, ref long left)
        {
            uint place = 0;
            for (; counts[place] < left; place++)
                left -= counts[place];
            return place;
        }
    }

    private static IEnumerable<Memory<float>> Parts(float[][] layers, CancellationToken cancellation)
    {
        foreach (float[] weights in layers)
        {
            for (int start = 0; start < weights.Length; start += PartLength)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return weights.AsMemory(start, Math.Min(PartLength, weights.Length - start));
            }
        }
    }
}
