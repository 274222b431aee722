using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Data;

/// <summary>One of several ways to divide a data set: a part to test with, and the rest to train with.</summary>
/// <param name="Fold">The number of the fold, from 1.</param>
/// <param name="Training">The samples of all other folds.</param>
/// <param name="Test">The samples of this fold.</param>
public sealed record MlpFold(int Fold, MlpDataset Training, MlpDataset Test);

/// <summary>Divides and joins data sets. Parts keep the order of the data.</summary>
public static class DatasetParts
{
    /// <summary>Divides a data set at random.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="fractions">The share of each part, above 0; where they add up to less than 1, the rest is one more part.</param>
    /// <param name="stratify">Whether each part gets as even a share of each class as can be; without classes it makes no difference.</param>
    /// <param name="seed">The same seed gives the same parts; null to cut the data set in its order.</param>
    /// <exception cref="MlpException">A fraction is not above 0, they add up to more than 1, or a part would be empty.</exception>
    public static IReadOnlyList<MlpDataset> Split(MlpDataset dataset, IReadOnlyList<double> fractions, bool stratify, int? seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(fractions);
        double sum = fractions.Sum();
        if (fractions.Count == 0 || fractions.Any(fraction => !(fraction > 0)) || sum > 1 + 1e-9)
            throw OptionCheck.Invalid("InvalidFraction", $"The fractions are {string.Join(", ", fractions)}; each must be above 0, and they must not add up to more than 1.");
        double[] shares = sum < 1 - 1e-9 ? [.. fractions, 1 - sum] : [.. fractions];
        int[][] parts = Draw(dataset, shares, stratify, seed);
        if (Array.Exists(parts, part => part.Length == 0))
            throw OptionCheck.Invalid("InvalidFraction", $"The fractions {string.Join(", ", fractions)} leave a part of {dataset.Count} samples without any.");
        return Array.ConvertAll(parts, dataset.Take);
    }

    /// <summary>Divides a data set into folds, each of which is the test set once.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="count">How many folds, from 2 to the number of samples.</param>
    /// <param name="stratify">Whether each fold gets as even a share of each class as can be.</param>
    /// <param name="seed">The same seed gives the same folds; null to cut the data set in its order.</param>
    /// <exception cref="MlpException">There are fewer samples than folds, or fewer than two folds.</exception>
    public static IEnumerable<MlpFold> Folds(MlpDataset dataset, int count, bool stratify, int? seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (count < 2 || count > dataset.Count)
            throw OptionCheck.Invalid("InvalidFolds", $"{count} folds of {dataset.Count} samples: there must be at least 2, and a sample for each.");

        // Class after class, the samples are dealt out like cards, so that no two folds differ by more than one, in all or in any class.
        int[] order = Order(dataset, seed);
        int[] grouped = stratify ? [.. order.OrderBy(i => dataset.HasLabels ? dataset.Labels.Span[i] : 0)] : order;
        int[] foldOf = new int[dataset.Count];
        for (int i = 0; i < grouped.Length; i++)
            foldOf[grouped[i]] = seed is null && !stratify ? (int)((long)i * count / grouped.Length) : i % count;
        int[] all = [.. Enumerable.Range(0, dataset.Count)];
        return Enumerable.Range(0, count).Select(fold => new MlpFold(
            fold + 1, dataset.Take(Array.FindAll(all, i => foldOf[i] != fold)), dataset.Take(Array.FindAll(all, i => foldOf[i] == fold))));
    }

    /// <summary>Some of the samples of a data set.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="labels">The classes to keep, by name; null for all.</param>
    /// <param name="skip">How many of these to leave out at the start.</param>
    /// <param name="first">How many to take at most after these.</param>
    /// <exception cref="MlpException">There is no such class.</exception>
    public static MlpDataset Select(MlpDataset dataset, IReadOnlyList<string>? labels, int skip, int first)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        IEnumerable<int> chosen = Enumerable.Range(0, dataset.Count);
        if (labels is not null)
        {
            string[] names = [.. dataset.ClassNames];
            bool[] wanted = new bool[names.Length];
            foreach (string label in labels)
            {
                int place = Array.FindIndex(names, name => name.Equals(label, StringComparison.OrdinalIgnoreCase));
                if (place < 0 || !dataset.HasLabels)
                    throw new MlpException("UnknownLabel", MlpErrorKind.InvalidArgument, $"The data set {dataset.Name} has no label {label}; it has {(names.Length > 0 && dataset.HasLabels ? string.Join(", ", names) : "no classes")}.");
                wanted[place] = true;
            }

            chosen = chosen.Where(i => wanted[dataset.Labels.Span[i]]);
        }

        return dataset.Take([.. chosen.Skip(skip).Take(first)]);
    }

    /// <summary>Puts data sets of one kind one after another.</summary>
    /// <param name="datasets">At least one.</param>
    /// <exception cref="MlpException">They differ in features, classes, targets or preprocessing, or are too large for one.</exception>
    public static MlpDataset Join(IReadOnlyList<MlpDataset> datasets)
    {
        ArgumentNullException.ThrowIfNull(datasets);
        MlpDataset first = datasets[0];
        foreach (MlpDataset other in datasets)
        {
            string? difference =
                other.FeatureCount != first.FeatureCount || other.ImageShape != first.ImageShape ? "features" :
                other.Bytes is null != first.Bytes is null ? "the type of their features" :
                other.HasLabels != first.HasLabels || !other.ClassNames.SequenceEqual(first.ClassNames) ? "classes" :
                !other.TargetNames.SequenceEqual(first.TargetNames) ? "targets" :
                other.SampleWeights.IsEmpty != first.SampleWeights.IsEmpty ? "sample weights" :
                other.Preprocessing is { } made && first.Preprocessing is { } known && !made.Agrees(known, labelsNeeded: true) ? "preprocessing; make the second with -Like and the first" : null;
            if (difference is not null)
                throw new MlpException("DatasetsDiffer", MlpErrorKind.Mismatch, $"The data sets {first.Name} and {other.Name} differ in {difference}.");
        }

        long length = datasets.Sum(dataset => (long)dataset.Count * dataset.FeatureCount);
        if (length > Array.MaxLength)
            throw new MlpException("TableTooLarge", MlpErrorKind.InvalidData, $"{datasets.Count} data sets of {length} features in all are more than one data set can hold.");
        int[]? labels = first.HasLabels ? [.. datasets.SelectMany(dataset => dataset.Labels.ToArray())] : null;
        MlpDataset joined = first.Bytes is not null
            ? new MlpDataset(first.Name, Concatenate(datasets, dataset => dataset.Bytes!), labels, first.FeatureCount, first.ClassNames, first.ImageShape)
            : new MlpDataset(first.Name, Concatenate(datasets, dataset => dataset.Floats!), labels, first.FeatureCount, first.ClassNames, first.ImageShape);
        if (first.HasTargets)
            joined = joined.WithTargets(Concatenate(datasets, dataset => dataset.Targets.ToArray()), first.TargetNames);
        if (!first.SampleWeights.IsEmpty)
            joined = joined.WithSampleWeights(Concatenate(datasets, dataset => dataset.SampleWeights.ToArray()));
        return first.Preprocessing is { } preprocessing ? joined.WithPreprocessing(preprocessing) : joined;
    }

    /// <summary>Draws the samples of each part, in the order of the data.</summary>
    internal static int[][] Draw(MlpDataset dataset, double[] shares, bool stratify, int? seed)
    {
        List<int>[] parts = Array.ConvertAll(shares, _ => new List<int>());
        ReadOnlyMemory<int> labels = stratify ? dataset.Labels : default;

        // Rounding each class alone would let the sizes drift: what is missing or too much carries over to the next class.
        double[] owed = new double[shares.Length];
        foreach (IGrouping<int, int> ofClass in Order(dataset, seed).GroupBy(i => labels.IsEmpty ? 0 : labels.Span[i]).OrderBy(group => group.Key))
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

    private static int[] Order(MlpDataset dataset, int? seed)
    {
        int[] order = [.. Enumerable.Range(0, dataset.Count)];
        if (seed is { } drawn)
            SeededRandom.For(drawn, SeededRandom.Purpose.Split).Shuffle(order);
        return order;
    }

    private static T[] Concatenate<T>(IReadOnlyList<MlpDataset> datasets, Func<MlpDataset, T[]> of)
    {
        T[][] parts = [.. datasets.Select(of)];
        var all = new T[parts.Sum(part => part.Length)];
        int place = 0;
        foreach (T[] part in parts)
        {
            part.CopyTo(all, place);
            place += part.Length;
        }

        return all;
    }
}
