namespace MlpPowerShell.Engine.Data;

/// <summary>Looks for samples of one data set in another.</summary>
public static class SampleOverlap
{
    // So few that looking costs next to nothing, and so many that chance finds none of a set of others in a table of numbers.
    private const int Looked = 32, Fewest = 8;

    /// <summary>
    /// Whether samples of a data set that are spread over it all stand in another one, features and labels, most of them once: where the
    /// same few values go together again and again, equal samples tell nothing. Of streamed data false.
    /// </summary>
    public static bool IsPart(MlpDataset part, MlpDataset whole)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(whole);
        if (part.IsStreamed || whole.IsStreamed || part.Count < Fewest || Comparisons(part, whole) is not { } areEqual)
            return false;
        int once = 0, looked = 0;
        for (int row = 0; row < part.Count; row += Math.Max(1, part.Count / Looked), looked++)
        {
            // A second time tells as much as a hundredth.
            int times = 0;
            for (int other = 0; other < whole.Count && times < 2; other++)
                times += Array.TrueForAll(areEqual, compare => compare(row, other)) ? 1 : 0;
            if (times == 0)
                return false;
            once += times == 1 ? 1 : 0;
        }

        return once > looked / 2;
    }

    /// <summary>
    /// What compares a sample of one with a sample of the other, a part each; null where they have not the same features.
    /// </summary>
    private static Func<int, int, bool>[]? Comparisons(MlpDataset part, MlpDataset whole)
    {
        if (part.FeatureCount != whole.FeatureCount || part.LabelColumns.Count != whole.LabelColumns.Count)
            return null;
        List<Func<int, int, bool>> result = [];
        int width = part.FeatureCount;
        if (part.Bytes is { } bytes && whole.Bytes is { } wholeBytes)
            result.Add((row, other) => bytes.AsSpan(row * width, width).SequenceEqual(wholeBytes.AsSpan(other * width, width)));
        else if (part.Floats is { } floats && whole.Floats is { } wholeFloats)
            result.Add((row, other) => floats.AsSpan(row * width, width).SequenceEqual(wholeFloats.AsSpan(other * width, width)));
        foreach (DataColumn column in part.Columns.Concat(part.LabelColumns))
        {
            if (whole.Find(column.Name) is not { } same || same.Kind != column.Kind)
                return null;
            result.Add(Comparison(column, same));
        }

        return result.Count > part.LabelColumns.Count ? [.. result] : null;
    }

    private static Func<int, int, bool> Comparison(DataColumn column, DataColumn same)
    {
        if (column.Kind != ColumnKind.Category)
            return (row, other) => column.NumberAt(row).Equals(same.NumberAt(other));
        Dictionary<string, int> codeOf = Enumerable.Range(0, same.Texts.Count).ToDictionary(code => same.Texts[code]);
        int[] codes = [.. column.Texts.Select(text => codeOf.GetValueOrDefault(text, int.MaxValue))];
        return (row, other) => (column.CodeAt(row) is >= 0 and var code ? codes[code] : -1) == same.CodeAt(other);
    }
}
