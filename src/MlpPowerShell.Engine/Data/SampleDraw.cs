namespace MlpPowerShell.Engine.Data;

/// <summary>Draws which samples of a data set go into which part.</summary>
internal static class SampleDraw
{
    /// <summary>Ranges of numbers to predict of which each part gets its share.</summary>
    private const int Strata = 10;

    /// <summary>Draws the samples of each part, in the order of the data.</summary>
    /// <exception cref="MlpException">Options contradict each other, or a column is not there.</exception>
    public static int[][] Parts(MlpDataset dataset, double[] shares, SplitOptions options)
    {
        Check(options);
        if (options.Time is { } time)
            return CutByTime(ColumnOf(dataset, time), shares);
        if (options.Group is { } group)
            return DealGroups(GroupsOf(dataset, group, options.Seed), dataset.Count, shares);
        List<int>[] parts = Array.ConvertAll(shares, _ => new List<int>());
        int[]? strata = options.Stratify ? StrataOf(dataset) : null;

        // Rounding each class alone would let the sizes drift: what is missing or too much carries over to the next class.
        double[] owed = new double[shares.Length];
        foreach (IGrouping<int, int> ofClass in Order(dataset, options.Seed).GroupBy(i => strata?[i] ?? 0).OrderBy(group => group.Key))
        {
            int[] samples = [.. ofClass];
            int start = 0;
            for (int part = 0; part < shares.Length; part++)
            {
                owed[part] += shares[part] * samples.Length;
                int left = samples.Length - start;
                int taken = part == shares.Length - 1 ? left : Math.Min((int)Math.Round(owed[part]), left);
                owed[part] -= taken;
                parts[part].AddRange(samples.AsSpan(start, taken));
                start += taken;
            }
        }

        return Array.ConvertAll(parts, part => part.Order().ToArray());
    }

    /// <summary>Draws the fold, from 0, of each sample.</summary>
    /// <exception cref="MlpException">
    /// Options contradict each other, a column is not there, or there are fewer groups than folds.
    /// </exception>
    public static int[] Folds(MlpDataset dataset, int count, SplitOptions options)
    {
        Check(options);
        int[] foldOf = new int[dataset.Count];
        if (options.Group is { } group)
        {
            List<int[]> groups = GroupsOf(dataset, group, options.Seed);
            if (groups.Count < count)
            {
                throw OptionCheck.Invalid(
                    "InvalidFolds", $"{count} folds of the {groups.Count} groups of {group}: there must be a group for each.");
            }

            int[][] parts = DealGroups(groups, dataset.Count, [.. Enumerable.Repeat(1.0 / count, count)]);
            for (int fold = 0; fold < count; fold++)
            {
                foreach (int sample in parts[fold])
                    foldOf[sample] = fold;
            }

            return foldOf;
        }

        // Class after class, the samples are dealt out like cards, so that no two folds differ by more than one, in all or in any class.
        int[] order = Order(dataset, options.Seed);
        int[]? strata = options.Stratify ? StrataOf(dataset) : null;
        int[] grouped = strata is null ? order : [.. order.OrderBy(i => strata[i])];
        for (int i = 0; i < grouped.Length; i++)
            foldOf[grouped[i]] = options.Seed is null && !options.Stratify ? (int)((long)i * count / grouped.Length) : i % count;
        return foldOf;
    }

    private static void Check(SplitOptions options)
    {
        if (options is { Stratify: true, Group: not null } or { Stratify: true, Time: not null } or { Group: not null, Time: not null })
            throw OptionCheck.Invalid("SplitContradiction", "A data set is divided by classes, by groups or by time: give one of them.");
    }

    private static int[] Order(MlpDataset dataset, int? seed)
    {
        int[] order = [.. Enumerable.Range(0, dataset.Count)];
        if (seed is { } drawn)
            SeededRandom.For(drawn, SeededRandom.Purpose.Split).Shuffle(order);
        return order;
    }

    private static DataColumn ColumnOf(MlpDataset dataset, string name)
    {
        if (dataset.Find(name) is { } column)
            return column;
        string[] names = [.. dataset.Columns.Concat(dataset.LabelColumns).Concat(dataset.AsideColumns).Select(column => column.Name)];
        throw new MlpException(
            "ColumnNotFound",
            MlpErrorKind.Mismatch,
            $"{dataset.Name}: there is no column {name}{NearestName.Hint(names, name)}; there are {Listing.Of(names)}. A column that "
            + $"is no feature stays with the samples where it is set aside{Hint.With(nameof(TableOptions.IsAside))} as the data are read.");
    }

    /// <summary>The class of each sample, or the range that its number is in; of several labels, which of them hold.</summary>
    private static int[] StrataOf(MlpDataset dataset)
    {
        if (dataset.LabelColumns.Count == 0)
            return new int[dataset.Count];
        if (dataset.HasLabels)
        {
            DataColumn classes = dataset.LabelColumns[0].Categories;
            Dictionary<string, int> places =
                dataset.ClassNames.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
            return [.. Enumerable.Range(0, dataset.Count).Select(i => classes.TextAt(i) is { } name ? places[name] : -1)];
        }

        if (dataset.Task == MlpTask.MultiLabel)
        {
            string[] holding = [.. Enumerable.Range(0, dataset.Count)
                .Select(i => string.Concat(dataset.LabelColumns.Select(label => label.NumberAt(i) > 0.5 ? '1' : '0')))];
            string[] different = [.. holding.Distinct().Order(StringComparer.Ordinal)];
            return Array.ConvertAll(holding, text => Array.IndexOf(different, text));
        }

        var ranges = new int[dataset.Count];
        int[] sorted = [.. Enumerable.Range(0, dataset.Count).OrderBy(i => dataset.LabelColumns[0].NumberAt(i))];
        for (int i = 0; i < sorted.Length; i++)
            ranges[sorted[i]] = (int)((long)i * Strata / sorted.Length);
        return ranges;
    }

    /// <summary>The samples of each group, in an order drawn from the seed; samples without a group are one each.</summary>
    private static List<int[]> GroupsOf(MlpDataset dataset, string name, int? seed)
    {
        DataColumn column = ColumnOf(dataset, name);
        int[][] groups = [.. Enumerable.Range(0, dataset.Count)
            .GroupBy(i => column.TextAt(i) ?? $"\0{i}")
            .Select(group => group.ToArray())];
        if (seed is { } drawn)
            SeededRandom.For(drawn, SeededRandom.Purpose.Split).Shuffle(groups);
        return [.. groups];
    }

    /// <summary>Gives each group, the largest first, to the part that lacks most of its share.</summary>
    private static int[][] DealGroups(List<int[]> groups, int count, double[] shares)
    {
        List<int>[] parts = Array.ConvertAll(shares, _ => new List<int>());
        foreach (int[] group in groups.OrderByDescending(group => group.Length))
        {
            int neediest = Enumerable.Range(0, shares.Length).MaxBy(part => (shares[part] * count) - parts[part].Count);
            parts[neediest].AddRange(group);
        }

        return Array.ConvertAll(parts, part => part.Order().ToArray());
    }

    /// <summary>Cuts samples in the order of their time; what is of one time stays together, in the earlier part.</summary>
    private static int[][] CutByTime(DataColumn time, double[] shares)
    {
        if (time.MissingCount > 0 || time.Kind == ColumnKind.Category)
        {
            throw new MlpException(
                "InvalidTime",
                MlpErrorKind.InvalidData,
                $"The column {time.Name} {(time.Kind == ColumnKind.Category ? "holds texts" : $"misses {time.MissingCount} values")}, "
                + $"and to cut by time takes a date or a number in every row.");
        }

        int[] order = [.. Enumerable.Range(0, time.Count).OrderBy(time.NumberAt)];
        var parts = new int[shares.Length][];
        double share = 0;
        int start = 0;
        for (int part = 0; part < shares.Length; part++)
        {
            share += shares[part];
            int end = part == shares.Length - 1 ? order.Length : Math.Clamp((int)Math.Round(share * order.Length), start, order.Length);
            while (end > start && end < order.Length && time.NumberAt(order[end]) == time.NumberAt(order[end - 1]))
                end++;
            parts[part] = [.. order[start..end].Order()];
            start = end;
        }

        return parts;
    }
}
