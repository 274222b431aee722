using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Looks at the columns of a data set as a careful reader would.</summary>
public static class ColumnReport
{
    private const int ExampleCount = 3;

    // From so many rows on, values that are all different tell something about the column.
    private const int FewestRows = 20;
    internal const double NearlyAll = 0.95;

    private const string SameThroughout = "has the same value in every row";

    /// <summary>The columns of a data set.</summary>
    public static IEnumerable<MlpColumn> Of(MlpDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        string? namedByValue = NamedByValue(data);
        if (data.Columns.Count == 0)
            yield return Block(data);
        foreach (ColumnStatistics column in data.Statistics)
            yield return Column(data, column, "Feature", EncodingOf(column), namedByValue);
        for (int i = 0; i < data.LabelColumns.Count; i++)
        {
            ColumnStatistics label = data.IsStreamed ? data.LabelStatistics[i] : ColumnStatistics.Of(data.LabelColumns[i]);
            yield return Column(
                data,
                label,
                "Label",
                data.HasLabels
                    ? $"{data.ClassCount} classes"
                    : data.HasTargets && data.Task == MlpTask.MultiLabel
                    ? "a label that holds or doesn't"
                    : "a number, scaled",
                namedByValue);
        }

        if (data.IsStreamed)
            yield break;
        foreach (DataColumn aside in data.AsideColumns)
            yield return Column(data, ColumnStatistics.Of(aside), "Aside", "nothing", namedByValue);
    }

    /// <summary>What is worth a warning when a model is made for a data set, each a sentence.</summary>
    public static IEnumerable<MlpMessage> Warnings(MlpDataset data, ModelEnds ends)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(ends);
        FeatureColumn[] gaps = [.. ends.Input.Columns.Where(column => column.MissingCount > 0
            && (column.Fill is not null || column.FillCategory is not null)
            && !column.DropsMissing)];
        if (gaps.Length > 0)
            yield return $"Missing values are filled: {Listing.Of([.. gaps.Select(FilledSentence)])}.";

        // What occurs once is rare in any case.
        FeatureColumn[] rare = [.. ends.Input.Columns.Where(column => column.HasOther
            && data.Statistics.FirstOrDefault(statistics => statistics.Name == column.Name)?.Counts is { } counts
            && column.Rare.Any(category => counts.GetValueOrDefault(category) > 1))];
        if (rare.Length > 0)
        {
            yield return $"Rare categories have one feature in common: "
                + $"{Listing.Of([.. rare.Select(column => $"{column.Name} (beside {column.Categories.Count})")])}.";
        }

        string[] empty = [.. data.Statistics.Where(column => column.Present == 0).Select(column => column.Name)];
        if (empty.Length > 0)
            yield return $"Left out, as there are no values in it: {Listing.Of(empty)}.";
        string[] constant = [.. data.Statistics.Where(IsConstant).Select(column => column.Name)];
        if (constant.Length > 1)
        {
            yield return $"Each of the columns {Listing.Of(constant)} {SameThroughout}. They tell nothing, and can be left "
                + $"out{Hint.With(nameof(TableOptions.IsFeature))} where the data are read.";
        }

        string? namedByValue = NamedByValue(data);
        foreach (ColumnStatistics column in data.Statistics)
        {
            if (MiswrittenTexts.In(column) is null
                && column.Name != namedByValue
                && column.Present > 0
                && !(constant.Length > 1 && IsConstant(column))
                && WarningOf(data, column, isFeature: true, namedByValue) is { } warning)
            {
                yield return $"The column {column.Name} {warning}. If it tells nothing about what is new, leave it "
                    + $"out{Hint.For(column.Name, nameof(TableOptions.IsFeature))} where the data are read.";
            }
        }

        foreach (ColumnStatistics column in data.Statistics.Concat(data.LabelStatistics))
        {
            if (MiswrittenTexts.In(column) is { } miswritten)
                yield return $"The column {column.Name} {miswritten.Finding}. {miswritten.Cure}";
        }

        foreach (MlpMessage suspect in SuspectValues.In(data, ends))
            yield return suspect;
        if (ends.Loss.IsRegression())
        {
            foreach (ColumnStatistics label in data.LabelStatistics.Where(label => label.Minimum == label.Maximum))
                yield return $"{label.Name}, which is to be predicted, is the same in every row, so that there is nothing to learn of it.";
        }

        if (namedByValue is not null)
        {
            yield return $"The column {namedByValue} is called like a value, as where a file has no names of columns and its first "
                + $"row was taken for such.";
        }

        if (data.Columns.Count == 0 && !data.IsPixels && ends.Input.Columns.Count == 0 && !data.IsStreamed && FarFromOne(data) is { } far)
            yield return far;
    }

    /// <summary>
    /// A column that seems to have got its name from a row of values, as where a file has no names of columns; null where there is none.
    /// </summary>
    public static string? NamedByValue(MlpDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.LabelColumns.Concat(data.Columns)
            .FirstOrDefault(column => double.IsNaN(NumberOf(column)) && column.Texts.Contains(column.Name)) is { } named)
        {
            return named.Name;
        }

        // Whole numbers that rise are how columns are numbered.
        DataColumn[] numbered = [.. data.Columns.Where(column => !double.IsNaN(NumberOf(column)))];
        bool areNumbers = numbered.All(column => double.IsInteger(NumberOf(column)))
            && numbered.Zip(numbered.Skip(1)).All(pair => NumberOf(pair.First) < NumberOf(pair.Second));
        return areNumbers
            ? data.LabelColumns.FirstOrDefault(column => NumberOf(column) is var number
                && !double.IsNaN(number)
                && !double.IsInteger(number))?.Name
            : numbered[0].Name;

        static double NumberOf(DataColumn column) =>
            Cell.Parse(column.Name, out double number, out _) is CellKind.Whole or CellKind.Number ? number : double.NaN;
    }

    /// <summary>What to say of a label of whole numbers, of which it is not plain whether they are classes; null for nothing.</summary>
    public static MlpMessage? TaskNote(MlpDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        const int PlainClasses = 10, MostClasses = 50, RowsOfClass = 20;
        if (data.IsStreamed || data.LabelColumns is not [{ Kind: ColumnKind.Number } column])
            return null;
        ColumnStatistics label = ColumnStatistics.Of(column);
        int distinct = Enumerable.Range(0, column.Count)
            .Select(column.NumberAt).Where(double.IsFinite).Distinct().Take(MostClasses + 1).Count();
        if (data.HasLabels)
        {
            if (distinct <= PlainClasses)
                return null;
            return $"The label {label.Name} has {distinct} different whole numbers, which are taken for "
                + $"classes; they are numbers{Hint.With(nameof(TableOptions.Task), MlpTask.Regression)}.";
        }

        bool areNumbered = label.IsWhole && distinct <= MostClasses && label.Maximum - label.Minimum == distinct - 1;
        if (!areNumbered || distinct * RowsOfClass > label.Present)
            return null;
        return $"The label {label.Name} has the whole numbers from {label.Minimum} to {label.Maximum}, which are taken for "
            + $"numbers; they are classes{Hint.With(nameof(TableOptions.Task), MlpTask.Classification)}.";
    }

    private static string FilledSentence(FeatureColumn column) => column.Kind == ColumnKind.Category
        ? $"{column.Name} ({column.MissingCount}, with "
            + $"{(column.FillCategory!.Length == 0 ? "a category of their own" : $"'{column.FillCategory}'")})"
        : string.Create(CultureInfo.InvariantCulture, $"{column.Name} ({column.MissingCount}, with {column.Fill:G6})");

    private static MlpColumn Block(MlpDataset data) => new()
    {
        Name = data.FeatureNames is { } names ? $"{names[0]} … {names[^1]}" : data.IsPixels ? "(pixels)" : "(numbers)",
        Role = "Feature",
        Kind = data.IsPixels ? "Pixels" : "Number",
        Type = data.IsPixels ? "byte" : "float",
        Minimum = data.Range.Count > 0 ? (object)(data.IsPixels ? data.Range[0] * byte.MaxValue : data.Range[0]) : null,
        Maximum = data.Range.Count > 0 ? (object)(data.IsPixels ? data.Range[1] * byte.MaxValue : data.Range[1]) : null,
        Encoding = data.IsPixels ? $"{data.FeatureCount} features, byte / 255" : $"{data.FeatureCount} features, as they are",
    };

    private static MlpColumn Column(MlpDataset data, ColumnStatistics column, string role, string encoding, string? namedByValue)
    {
        bool isNumber = column.Kind is not (ColumnKind.Category or ColumnKind.Boolean) && column.Present > 0;
        DataColumn? values = data.IsStreamed ? null : data.Find(column.Name);
        IEnumerable<string> texts =
            column.Counts is { } counts
                ? counts.Where(entry => entry.Value > 0).OrderByDescending(entry => entry.Value).Select(entry => entry.Key)
            : values is not null
                ? Enumerable.Range(0, values.Count).Select(values.TextAt).OfType<string>().Distinct()
            : [];
        string[] examples = [.. texts.Take(ExampleCount)];
        return new MlpColumn
        {
            Name = column.Name,
            Role = role,
            Kind = column.Kind.ToString(),
            Type = new ColumnType(column.Type).ShortName,
            Distinct = column.Counts?.Count(entry => entry.Value > 0) ?? (values is null ? null : DistinctOf(values)),
            Missing = column.MissingCount,
            Minimum = isNumber ? ValueOf(column, values, column.Minimum, Enumerable.Min) : null,
            Maximum = isNumber ? ValueOf(column, values, column.Maximum, Enumerable.Max) : null,
            Examples = examples,
            Encoding = encoding,
            Warning = WarningOf(data, column, role == "Feature", namedByValue),
        };
    }

    private static int DistinctOf(DataColumn values)
    {
        // Beyond 2^53 a double stands for several whole numbers.
        IEnumerable<int> rows = Enumerable.Range(0, values.Count).Where(row => !values.IsMissing(row));
        return rows.Any(row => Math.Abs(values.NumberAt(row)) > 1L << 53)
            ? rows.Select(values.TextAt).Distinct().Count()
            : rows.Select(values.NumberAt).Distinct().Count();
    }

    // The value itself where there is one; of those that are one as a double, the first or last.
    private static object? ValueOf(
        ColumnStatistics column, DataColumn? values, double number, Func<IEnumerable<object?>, object?> choose) =>
        values is not null
            ? choose(Enumerable.Range(0, values.Count).Where(row => values.NumberAt(row) == number).Select(values.ValueAt))
            : ValueOf(column, number);

    private static object ValueOf(ColumnStatistics column, double number) => column.Kind switch
    {
        ColumnKind.Date => ColumnAnswers.Date(number, column.Type),
        ColumnKind.Duration => ColumnAnswers.Duration(number, column.Type),
        ColumnKind.Number or ColumnKind.Boolean or ColumnKind.Category => number,
    };

    private static string EncodingOf(ColumnStatistics column) =>
        column.Present == 0 ? "nothing: it has no values" : FeatureFit.Feature(column, new EncodingOptions()).Encoding;

    /// <summary>What looks wrong with a column, as the end of a sentence about it.</summary>
    private static string? WarningOf(MlpDataset data, ColumnStatistics column, bool isFeature, string? namedByValue)
    {
        int? distinct = column.Counts?.Count(entry => entry.Value > 0);
        if (column.Present == 0)
            return "has no values";
        if (IsConstant(column))
            return SameThroughout;
        if (MiswrittenTexts.In(column) is { } miswritten)
            return miswritten.Finding;
        if (column.Name == namedByValue)
            return "is called like a value, as where a file has no names of columns and its first row was taken for such";
        if (!isFeature)
            return null;
        if (column.Kind == ColumnKind.Category && column.Present >= FewestRows && distinct >= NearlyAll * column.Present)
            return "has another text in nearly every row, as an id has";
        if (IsCounter(column))
            return "counts the rows, as an id does";
        if (IsNumberOfRow(column))
            return "has another whole number in every row, as an id has";
        return column.Present >= FewestRows && LabelLeak.IsIn(data, column.Name) ? "tells the label all by itself" : null;
    }

    /// <summary>Whether numbers are whole, all different, and as many as there are from the first to the last.</summary>
    private static bool IsCounter(ColumnStatistics column) =>
        column is { Kind: ColumnKind.Number, IsWhole: true, MissingCount: 0, Stride: 1 }
            && column.Count >= FewestRows
            && column.Maximum - column.Minimum == column.Count - 1
        && column.Numbers() is var numbers && numbers.Zip(numbers.Skip(1)).All(pair => pair.Second == pair.First + 1);

    /// <summary>
    /// Whether numbers are whole and all different, which of so many from so small a range would be no chance: of n ones between two bounds
    /// r numbers apart, all differ with a probability of about exp(-n (n - 1) / 2 r).
    /// </summary>
    private static bool IsNumberOfRow(ColumnStatistics column)
    {
        const double LeastExponent = 9;
        return column is { Kind: ColumnKind.Number, IsWhole: true, MissingCount: 0, Stride: 1 }
            && column.Count >= FewestRows
            && (double)column.Count * (column.Count - 1) / (2 * (column.Maximum - column.Minimum + 1)) >= LeastExponent
            && column.Numbers() is var numbers
            && numbers.ToHashSet().Count == numbers.Length;
    }

    private static bool IsConstant(ColumnStatistics column) => column.Present > 0
        && (column.Counts?.Count(entry => entry.Value > 0) == 1
            || (column.Kind is not (ColumnKind.Category or ColumnKind.Boolean) && column.Minimum == column.Maximum));

    /// <summary>Of arrays of numbers, which columns are far from the size that networks learn well from.</summary>
    private static MlpMessage? FarFromOne(MlpDataset data)
    {
        const double Small = 0.01, Large = 10;
        var far = new List<string>();
        for (int i = 0; i < data.FeatureCount; i++)
        {
            double sum = 0;
            for (int row = 0; row < data.Count; row++)
                sum += Math.Abs((double)data.Floats![(row * data.FeatureCount) + i]);
            double size = sum / data.Count;
            if (size > Large || (size > 0 && size < Small))
                far.Add(string.Create(CultureInfo.InvariantCulture, $"{i + 1} (about {size:G2})"));
        }

        return far.Count == 0
            ? null
            : (MlpMessage)($"Numbers of arrays are taken as they are, and these features are far from 1: {Listing.Of(far)}. "
                + $"Standardizing{Hint.With(nameof(EncodingOptions.Scaling), FeatureScaling.Standard)} brings them there.");
    }
}
