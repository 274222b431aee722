namespace MlpPowerShell.Engine.Data;

/// <summary>One of several ways to divide a data set: a part to test with, and the rest to train with.</summary>
/// <param name="Fold">The number of the fold, from 1.</param>
/// <param name="Training">The samples of all other folds.</param>
/// <param name="Test">The samples of this fold.</param>
public sealed record MlpFold(int Fold, MlpDataset Training, MlpDataset Test);

/// <summary>Divides and joins data sets. Parts keep the order of the data.</summary>
public static class DatasetParts
{
    /// <summary>Divides a data set.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="fractions">The share of each part, above 0; where they add up to less than 1, the rest is one more part.</param>
    /// <param name="options">What goes together.</param>
    /// <exception cref="MlpException">
    /// A fraction is not above 0, they add up to more than 1, a part would be empty, or a column is not there.
    /// </exception>
    public static IReadOnlyList<MlpDataset> Split(MlpDataset dataset, IReadOnlyList<double> fractions, SplitOptions options)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(fractions);
        ArgumentNullException.ThrowIfNull(options);
        if (dataset.IsStreamed)
            throw dataset.NotInMemory();
        double sum = fractions.Sum();
        if (fractions.Count == 0 || fractions.Any(fraction => !(fraction > 0)) || sum > 1 + 1e-9)
        {
            throw OptionCheck.Invalid(
                "InvalidFraction",
                $"The fractions are {string.Join(", ", fractions)}; each must be above 0, and they must not add up to more than 1.");
        }

        double[] shares = sum < 1 - 1e-9 ? [.. fractions, 1 - sum] : [.. fractions];
        int[][] parts = SampleDraw.Parts(dataset, shares, options);
        if (Array.Exists(parts, part => part.Length == 0))
        {
            throw OptionCheck.Invalid(
                "InvalidFraction", $"The fractions {string.Join(", ", fractions)} leave a part of {dataset.Count} samples without any.");
        }

        return Array.ConvertAll(parts, dataset.Take);
    }

    /// <summary>Divides a data set into folds, each of which is the test set once; by time, what it is trained with comes before.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="count">How many folds, from 2 to the number of samples.</param>
    /// <param name="options">What goes together.</param>
    /// <exception cref="MlpException">
    /// There are fewer samples or groups than folds, or fewer than two folds, or a column is not there.
    /// </exception>
    public static IEnumerable<MlpFold> Folds(MlpDataset dataset, int count, SplitOptions options)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        if (dataset.IsStreamed)
            throw dataset.NotInMemory();
        if (count < 2 || count > dataset.Count - (options.Time is null ? 0 : 1))
        {
            throw OptionCheck.Invalid(
                "InvalidFolds",
                $"{Listing.Count(count, "fold")} of {Listing.Count(dataset.Count, "sample")}: there must be at least 2, and a sample for "
                + $"each{(options.Time is null ? string.Empty : " and for what comes before")}.");
        }

        int[] all = [.. Enumerable.Range(0, dataset.Count)];
        if (options.Time is not null)
        {
            // What comes before the first fold is a part of its own.
            int[][] parts = SampleDraw.Parts(dataset, [.. Enumerable.Repeat(1.0 / (count + 1), count + 1)], options);
            if (Array.Exists(parts, part => part.Length == 0))
            {
                throw OptionCheck.Invalid(
                    "InvalidFolds", $"{count} folds by {options.Time}: so many rows are of one time that a fold has none; choose fewer.");
            }

            return Enumerable.Range(1, count)
                .Select(fold => new MlpFold(
                    fold, dataset.Take([.. parts.Take(fold).SelectMany(part => part).Order()]), dataset.Take(parts[fold])));
        }

        int[] foldOf = SampleDraw.Folds(dataset, count, options);
        return Enumerable.Range(0, count).Select(fold => new MlpFold(
            fold + 1,
            dataset.Take(Array.FindAll(all, i => foldOf[i] != fold)),
            dataset.Take(Array.FindAll(all, i => foldOf[i] == fold))));
    }

    /// <summary>Some of the samples of a data set.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="labels">The classes to keep, by name; null for all.</param>
    /// <param name="skip">How many of these to leave out at the start.</param>
    /// <param name="first">How many to take at most after these.</param>
    /// <param name="isWanted">Tells of a sample, by its place, whether it is one of them; null for all.</param>
    /// <exception cref="MlpException">There is no such class.</exception>
    public static MlpDataset Select(
        MlpDataset dataset, IReadOnlyList<string>? labels, int skip, int first, Func<int, bool>? isWanted = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.IsStreamed)
            throw dataset.NotInMemory();
        IEnumerable<int> chosen = Enumerable.Range(0, dataset.Count);
        if (labels is not null)
        {
            DataColumn classes = dataset.HasLabels ? dataset.LabelColumns[0].Categories
                : throw new MlpException("UnknownLabel", MlpErrorKind.InvalidArgument, $"The data set {dataset.Name} has no classes.");
            bool[] wanted = new bool[classes.Texts.Count];
            foreach (string label in labels)
            {
                int place = NearestName.Find(classes.Texts, label);
                if (place < 0)
                {
                    throw new MlpException(
                        "UnknownLabel",
                        MlpErrorKind.InvalidArgument,
                        $"The data set {dataset.Name} has no label {label}{NearestName.Hint(classes.Texts, label)}; it has "
                        + $"{Listing.Of(dataset.ClassNames)}.");
                }

                wanted[place] = true;
            }

            chosen = chosen.Where(i => classes.CodeAt(i) is >= 0 and int code && wanted[code]);
        }

        return dataset.Take([.. (isWanted is null ? chosen : chosen.Where(isWanted)).Skip(skip).Take(first)]);
    }

    /// <summary>The samples at some places, in the order of these.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="places">From 0, or from -1 backwards from the last sample.</param>
    /// <exception cref="MlpException">There is no sample at a place.</exception>
    public static MlpDataset At(MlpDataset dataset, IReadOnlyList<int> places)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(places);
        if (dataset.IsStreamed)
            throw dataset.NotInMemory();
        foreach (int place in places.Where(place => place < -dataset.Count || place >= dataset.Count).Take(1))
        {
            throw OptionCheck.Invalid(
                "InvalidIndex",
                dataset.Count == 0 ? $"There is no sample {place}: {dataset.Name} is empty."
                : $"There is no sample {place}: {dataset.Name} has {dataset.Count}, from 0 to {dataset.Count - 1}.");
        }

        return dataset.Take([.. places.Select(place => place < 0 ? place + dataset.Count : place)]);
    }

    /// <summary>Puts data sets of one kind one after another.</summary>
    /// <param name="datasets">At least one.</param>
    /// <exception cref="MlpException">They differ in features, classes, targets or preprocessing, or are too large for one.</exception>
    public static MlpDataset Join(IReadOnlyList<MlpDataset> datasets)
    {
        ArgumentNullException.ThrowIfNull(datasets);
        if (datasets.Count == 0)
            throw new MlpException("EmptyDataset", MlpErrorKind.InvalidArgument, $"There is no data set to join.");
        MlpDataset first = datasets[0];
        foreach (MlpDataset other in datasets)
        {
            string? difference =
                other.Columns.Count == 0 && other.FeatureCount != first.FeatureCount ? "features" :
                other.ImageShape != first.ImageShape
                    || other.PictureStyle != first.PictureStyle
                    || other.Bytes is null != first.Bytes is null
                    || other.Floats is null != first.Floats is null
                    ? "the type of their features"
                    :
                !SameNames(other.Columns, first.Columns) ? "columns" :
                other.Task != first.Task ? "what there is to predict" :
                !SameNames(other.LabelColumns, first.LabelColumns) ? "labels" :
                !SameNames(other.AsideColumns, first.AsideColumns) ? "the columns that go along" :
                other.Weights is null != first.Weights is null ? "sample weights" : null;
            if (difference is not null)
            {
                throw new MlpException(
                    "DatasetsDiffer", MlpErrorKind.Mismatch, $"The data sets {first.Name} and {other.Name} differ in {difference}.");
            }
        }

        long length = datasets.Sum(dataset => (long)dataset.Count * Math.Max(1, dataset.Columns.Count > 0 ? 1 : dataset.FeatureCount));
        if (length > Array.MaxLength)
        {
            throw new MlpException(
                "TableTooLarge",
                MlpErrorKind.InvalidData,
                $"{datasets.Count} data sets of {length} features in all are more than one data set can hold.");
        }

        MlpDataset joined = JoinFeatures(datasets);
        return joined.WithAll(
            JoinEach(datasets, dataset => dataset.LabelColumns),
            first.Task,
            JoinEach(datasets, dataset => dataset.AsideColumns),
            first.Weights is null ? null : Concatenate(datasets, dataset => dataset.Weights!))
            .WithConventions(datasets.Skip(1).Aggregate(
                first.Conventions, (joined, dataset) => joined is null ? dataset.Conventions : joined.Over(dataset.Conventions)));
    }

    private static MlpDataset JoinFeatures(IReadOnlyList<MlpDataset> datasets)
    {
        MlpDataset first = datasets[0];
        if (first.Bytes is null && first.Floats is null)
            return new MlpDataset(first.Name, JoinEach(datasets, dataset => dataset.Columns), [], first.Task);
        if (first.Bytes is null)
        {
            float[] floats = Concatenate(datasets, dataset => dataset.Floats!);
            return new MlpDataset(first.Name, floats, null, first.FeatureCount, [], first.ImageShape);
        }

        byte[] bytes = Concatenate(datasets, dataset => dataset.Bytes!);
        return new MlpDataset(first.Name, bytes, null, first.FeatureCount, [], first.ImageShape)
        {
            FeatureNames = first.FeatureNames,
            PictureStyle = first.PictureStyle,
        };
    }

    private static bool SameNames(IReadOnlyList<DataColumn> some, IReadOnlyList<DataColumn> others) =>
        some.Select(column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(others.Select(column => column.Name));

    /// <summary>The columns of all data sets one after another, each with those of its name, in the order of the first.</summary>
    private static DataColumn[] JoinEach(IReadOnlyList<MlpDataset> datasets, Func<MlpDataset, IReadOnlyList<DataColumn>> columnsOf) =>
        [.. columnsOf(datasets[0])
            .Select(column => DataColumn.Join([.. datasets.Select(dataset => Named(column.Name, columnsOf(dataset)))]))];

    private static DataColumn Named(string name, IReadOnlyList<DataColumn> columns) =>
        columns.First(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

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
