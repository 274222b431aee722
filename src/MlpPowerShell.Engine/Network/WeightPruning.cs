namespace MlpPowerShell.Engine.Network;

/// <summary>Sets the smallest weights to zero (magnitude pruning; Han et al., 2015).</summary>
public static class WeightPruning
{
    /// <summary>
    /// A copy of a model without its smallest weights; biases and scales stay. Training gives none of these weights a value again.
    /// </summary>
    /// <param name="model">The model, which stays as it is.</param>
    /// <param name="sparsity">The fraction of the weights that become zero, at least 0 and below 1.</param>
    /// <param name="perLayer">Whether that fraction is taken of each layer, rather than of all layers together.</param>
    /// <exception cref="MlpException">The fraction is outside its range.</exception>
    public static MlpModel Prune(MlpModel model, double sparsity, bool perLayer = false)
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
                Prune([weights], sparsity);
        }
        else
        {
            Prune(layers, sparsity);
        }

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
    private static void Prune(float[][] layers, double sparsity)
    {
        float[] magnitudes = [.. layers.SelectMany(weights => weights).Select(MathF.Abs)];
        int count = (int)Math.Round(magnitudes.Length * sparsity);
        if (count == 0)
            return;
        Array.Sort(magnitudes);
        float limit = magnitudes[count - 1];
        int atLimit = count - Array.FindIndex(magnitudes, magnitude => magnitude >= limit);
        foreach (float[] weights in layers)
        {
            for (int i = 0; i < weights.Length; i++)
            {
                float magnitude = MathF.Abs(weights[i]);
                if (magnitude < limit || (magnitude == limit && atLimit-- > 0))
                    weights[i] = 0;
            }
        }
    }
}
