namespace MlpPowerShell.Engine.Files;

/// <summary>Names the two ways in which the weights of a layer stand in an array.</summary>
public enum WeightLayout
{
    /// <summary>[out, in]: a row for each unit, as in PyTorch and in what this module writes.</summary>
    OutIn,

    /// <summary>[in, out]: a row for each input, as in scikit-learn's coefs_ and in products x @ W.</summary>
    InOut,
}

/// <summary>
/// Finds how the weights of a file stand. All its layers stand alike, so that those with as many units as inputs, which tell nothing
/// themselves, follow the others.
/// </summary>
internal static class WeightLayoutFinder
{
    /// <summary>The layout of a file's weights.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="tensors">Its tensors, by our names.</param>
    /// <param name="known">What the file says of itself, or null.</param>
    /// <param name="asked">What the caller says, or null.</param>
    /// <exception cref="MlpException">The layers tell nothing and nobody else does, or two disagree.</exception>
    public static WeightLayout Find(string path, IReadOnlyDictionary<string, ModelTensor> tensors, WeightLayout? known, WeightLayout? asked)
    {
        WeightLayout? found = known;
        string? by = known is null ? null : "the file's own facts";
        ModelTensor[] weights = [.. tensors.Values.Where(tensor => tensor.Name.EndsWith(".weight", StringComparison.Ordinal))];
        foreach (ModelTensor weight in weights)
        {
            if (OfLayer(weight, tensors) is not { } layout)
                continue;
            if (found is { } before && layout != before)
                throw ModelContent.Unfit(path, $"has weights {Text(before)} by {by} and {Text(layout)} by those of {weight.Name}");
            (found, by) = (layout, $"those of {weight.Name}");
        }

        if (asked is { } wanted && found is { } told && wanted != told)
        {
            throw new MlpException(
                "WeightLayoutMismatch",
                MlpErrorKind.Mismatch,
                $"{path} has weights {Text(told)}, as {by} tell, and not {Text(wanted)}; read it without a layout.");
        }

        // What is no layer at all is told of where its shapes are looked at.
        bool isSquare = weights.Length > 0
            && Array.TrueForAll(weights, weight => weight.Shape is [var units, var inputs] && units == inputs);
        return found ?? asked ?? (!isSquare ? WeightLayout.OutIn : throw new MlpException(
            "WeightLayoutUnknown",
            MlpErrorKind.InvalidArgument,
            $"{path} has as many units as inputs in every layer, so that nothing tells whether weights are [out, in], as PyTorch's, or "
            + $"[in, out], as scikit-learn's coefs_: say which{Hint.With(nameof(ModelReadOptions.WeightLayout), WeightLayout.InOut)}, or "
            + $"{WeightLayout.OutIn}."));
    }

    /// <summary>How a layer's weights stand, by its biases, of which each unit has one; null where that tells nothing.</summary>
    private static WeightLayout? OfLayer(ModelTensor weight, IReadOnlyDictionary<string, ModelTensor> tensors)
    {
        string bias = weight.Name.Replace(".weight", ".bias", StringComparison.Ordinal);
        if (weight.Shape is not [var first, var second] || first == second || !tensors.TryGetValue(bias, out ModelTensor? biases))
            return null;
        return biases.Values.Length == second ? WeightLayout.InOut : biases.Values.Length == first ? WeightLayout.OutIn : null;
    }

    private static string Text(WeightLayout layout) => layout switch
    {
        WeightLayout.OutIn => "[out, in]",
        WeightLayout.InOut => "[in, out]",
    };
}
