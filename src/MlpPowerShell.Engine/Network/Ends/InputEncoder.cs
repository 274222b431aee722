using System.Numerics;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// The end of a model that takes data: how columns, pixels or numbers become the inputs of its network. Fitted once, on the data that the
/// model was made for, and kept with the model.
/// </summary>
public sealed class InputEncoder
{
    // Of each column, as far as somebody said or its values told.
    private readonly TextFormats?[] _formats = [];

    /// <summary>Takes pixels or numbers as they are.</summary>
    /// <param name="size">How many of a sample.</param>
    /// <param name="shape">Height and width where they are an image's pixels.</param>
    /// <param name="style">How pictures of another size are made ready.</param>
    /// <param name="names">Their names where they were columns of a table, else null.</param>
    internal InputEncoder(
        int size, ImageShape? shape = null, PictureStyle style = PictureStyle.Normalized, IReadOnlyList<string>? names = null)
    {
        Size = size;
        ImageShape = shape;
        PictureStyle = style;
        Names = names?.ToArray();
        Plan = new InputPlan(size, 0, 0, null);
    }

    /// <summary>Takes columns.</summary>
    /// <param name="columns">How each becomes features.</param>
    /// <param name="isNamed">Whether columns are told by their names, and not by their places.</param>
    internal InputEncoder(IReadOnlyList<FeatureColumn> columns, bool isNamed = true)
    {
        // An array, as PowerShell can't index every list.
        Columns = columns.ToArray();
        Names = isNamed ? columns.Select(column => column.Name).ToArray() : null;
        Size = columns.Sum(column => column.Width);
        Plan = PlanOf(columns);
    }

    /// <summary>How columns become features; empty where pixels or numbers are taken as they are.</summary>
    public IReadOnlyList<FeatureColumn> Columns { get; } = [];

    /// <summary>Inputs of the network.</summary>
    public int Size { get; }

    /// <summary>Height and width of the images that the model takes; null where it takes something else.</summary>
    public ImageShape? ImageShape { get; }

    /// <summary>How pictures of another size are made ready.</summary>
    public PictureStyle PictureStyle { get; }

    /// <summary>How the source of the data wrote values, as rows to predict for may be too; null where nothing is known of it.</summary>
    public TextConventions? Conventions
    {
        get;
        internal init => (field, _formats) = (value, [.. Columns.Select(column => TextFormats.Of(value, column.Name))]);
    }

    /// <summary>The names of columns or pixels; null where they are told by their places.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>The names of the inputs; empty where they have none.</summary>
    public IEnumerable<string> FeatureNames => Columns.Count > 0 ? Columns.SelectMany(column => column.FeatureNames) : Names ?? [];

    /// <summary>How the inputs stand in a network's buffers.</summary>
    internal InputPlan Plan { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        Columns.Count > 0
            ? $"{Columns.Count} columns to {Size} features"
            : ImageShape is { } shape
            ? $"images of {shape} pixels"
            : $"{Size} numbers";

    /// <summary>The encoder that a data set suggests.</summary>
    /// <exception cref="MlpException">A column can't be encoded so.</exception>
    internal static InputEncoder Fit(MlpDataset data, IReadOnlyList<ColumnStatistics> statistics, EncodingOptions options)
    {
        if (data.Columns.Count > 0)
        {
            // Of a column without values nothing is learned, and where it has some later, nothing is known of them.
            bool isGapAllowed = options.Missing is not (MissingValues.Refuse or MissingValues.Drop);
            IEnumerable<ColumnStatistics> present = statistics.Where(column => column.Present > 0 || !isGapAllowed)
                .DefaultIfEmpty(statistics[0]);
            return new InputEncoder([.. present.Select(column => FeatureFit.Feature(column, options))])
            {
                Conventions = data.Conventions,
            };
        }

        bool scales = !data.IsPixels && (options.Scaling is not (null or FeatureScaling.None) || options.ScalingOf is not null);
        if (data.IsPixels && (options.Scaling is not null || options.ScalingOf is not null))
        {
            throw OptionCheck.Invalid(
                "ScalingUnused", $"The data set {data.Name} holds pixels, which count as byte / 255 whatever the scaling; leave it out.");
        }

        if (!scales)
            return new InputEncoder(data.FeatureCount, data.ImageShape, data.PictureStyle ?? PictureStyle.Normalized, data.FeatureNames);
        EncodingOptions asked = options with { Scaling = options.Scaling ?? FeatureScaling.None };
        return new InputEncoder(
            [.. NumberedColumns(data).Select(column => FeatureFit.Feature(ColumnStatistics.Of(column), asked))], isNamed: false);
    }

    /// <summary>The encoder with the names of the first columns that a model without names learns from, and meets later by these.</summary>
    internal InputEncoder Adopt(MlpDataset data)
    {
        bool takesAny = Columns.Count == 0;
        bool meets = Names is null
            && ImageShape is null
            && data.Columns.Count == (takesAny ? Size : Columns.Count)
            && data.Columns.All(source =>
                source.Kind is ColumnKind.Number or ColumnKind.Boolean && !(takesAny && source.MissingCount > 0));
        if (!meets)
            return this;
        IEnumerable<FeatureColumn> named = data.Columns.Select((source, i) =>
            takesAny ? new FeatureColumn { Name = source.Name, Kind = ColumnKind.Number } : Columns[i] with { Name = source.Name });
        return new InputEncoder([.. named]) { Conventions = data.Conventions };
    }

    /// <summary>The rows of a data set that miss nothing which the model can't do without; null where all do.</summary>
    internal bool[]? CompleteRows(MlpDataset data)
    {
        bool[]? complete = null;
        foreach (FeatureColumn column in Columns.Where(column => column.DropsMissing))
        {
            if (data.Columns.Count == 0 || data.Find(column.Name) is not { MissingCount: > 0 } source)
                continue;
            complete ??= [.. Enumerable.Repeat(true, data.Count)];
            for (int row = 0; row < complete.Length; row++)
                complete[row] &= !source.IsMissing(row);
        }

        return complete;
    }

    /// <summary>Makes the inputs of samples.</summary>
    /// <exception cref="MlpException">A column is not there, or has a value that can't be a feature.</exception>
    internal EncodedInputs Encode(MlpDataset data, EncodingNotes? notes, CancellationToken cancellation = default)
    {
        foreach (FeatureColumn column in Columns.Where(column => KnowsNoPercents(column)
            && data.Conventions?.For(column.Name).ArePercents == true))
        {
            notes?.Percents(column.Name);
        }

        if (Columns.Count > 0)
            return ColumnFeatures.Of(this, data, new ColumnMeeting(this, data).Sources(), notes, cancellation);
        if (data.Columns.Count > 0)
        {
            return Names is not null || ImageShape is not null
                ? new ColumnMeeting(this, data).AsPixels()
                : new ColumnMeeting(this, data).AsNumbers();
        }

        if (data.FeatureCount != Size)
            throw new ColumnMeeting(this, data).Mismatch();
        if (data.PictureStyle is { } style && style != PictureStyle && ImageShape is not null)
            notes?.OtherPictures(data.Name, style, PictureStyle);
        if (notes is not null && ImageShape is { } shape && data.Bytes is null && ArrayDataset.AreBytes(data.Floats))
            notes.LargePixels(data.Name, shape);
        return data.Bytes is { } bytes
            ? new EncodedInputs(new ColumnMeeting(this, data).InNamedOrder(bytes), null, null)
            : new EncodedInputs(null, data.Floats, null);
    }

    /// <summary>Makes the inputs of one row.</summary>
    /// <param name="values">A value for each column.</param>
    /// <param name="notes">Takes what is not known.</param>
    /// <exception cref="MlpException">A value is missing, of another kind than its column, or an unknown category.</exception>
    internal EncodedInputs EncodeRow(IReadOnlyList<object?> values, EncodingNotes? notes)
    {
        var floats = new float[Plan.DenseCount];
        var codes = new int[Plan.CodeCount];
        int place = 0, code = 0, oneHot = 0;
        for (int i = 0; i < Columns.Count; i++)
        {
            FeatureColumn column = Columns[i];
            TextFormats? formats = _formats.Length > 0 ? _formats[i] : null;
            object? value = values[i] is string said && formats?.IsMissing(said.AsSpan().Trim()) == true ? null : values[i];
            if (!ObjectColumns.IsValue(value))
                throw WrongKind(column, value!.GetType().Name);
            if (column.Kind == ColumnKind.Category)
            {
                string? text = ObjectColumns.IsMissing(value) ? null
                    : value is string given ? WithoutBlanks(column, given)
                    : ColumnType.TextOf(value!);
                codes[code++] = ColumnFeatures.CodeOf(column, text, oneHot, notes);
                oneHot += column.Width;
                continue;
            }

            if (value is string number && NumberForm.IsPercentage(number) && KnowsNoPercents(column))
                notes?.Percents(column.Name);
            if (!column.Encode(NumberOf(column, value, formats, notes), floats.AsSpan(place, column.DenseWidth)))
                throw ColumnFeatures.BadNumber(column, value, "The row");
            if (ObjectColumns.IsMissing(value) && column.MissingCount == 0)
                notes?.Filled(column.Name);
            place += column.DenseWidth;
        }

        return new EncodedInputs(null, floats, Plan.CodeCount > 0 ? codes : null);
    }

    private static InputPlan PlanOf(IReadOnlyList<FeatureColumn> columns)
    {
        var dense = new List<int>();
        var oneHot = new List<int>();
        int place = 0;
        foreach (FeatureColumn column in columns)
        {
            (column.Kind == ColumnKind.Category ? oneHot : dense).AddRange(Enumerable.Range(place, column.Width));
            place += column.Width;
        }

        int[] order = [.. dense, .. oneHot];
        bool isSorted = order.Zip(order.Skip(1)).All(pair => pair.First < pair.Second);
        return new InputPlan(
            dense.Count, oneHot.Count, columns.Count(column => column.Kind == ColumnKind.Category), isSorted ? null : order);
    }

    private bool KnowsNoPercents(FeatureColumn column) =>
        column.Kind == ColumnKind.Number && Conventions?.For(column.Name).ArePercents != true;

    // Blanks that a known category has are its own.
    private static string WithoutBlanks(FeatureColumn column, string text)
    {
        _ = column.PlaceOf(text, out bool isKnown);
        return isKnown ? text : text.Trim();
    }

    private static double NumberOf(FeatureColumn column, object? value, TextFormats? formats, EncodingNotes? notes)
    {
        if (ObjectColumns.IsMissing(value))
            return double.NaN;
        if ((value as string ?? (value is BigInteger or Int128 or UInt128 ? ColumnType.TextOf(value) : null)) is { } text)
        {
            CellValue read = formats?.Read(text, column.Kind) ?? CellValue.Of(text, column.Kind);
            if (!read.IsOfKind)
                throw WrongKind(column, value);
            if (read.Form == DateForm.MonthOrDayFirst)
            {
                throw new MlpException(
                    "AmbiguousDate",
                    MlpErrorKind.InvalidData,
                    $"{column.Name} is '{value}', of which either number may be the month. Give dates themselves, or texts as "
                    + $"2024-12-31 has it.");
            }

            if (column.Kind == ColumnKind.Date)
                notes?.Clock(column, read.Form == DateForm.Moment);
            return column.Kind switch
            {
                ColumnKind.Date => Cell.NumberOf(new DateTime(read.Ticks), column.Kind),
                ColumnKind.Duration => Cell.NumberOf(new TimeSpan(read.Ticks), column.Kind),
                ColumnKind.Number or ColumnKind.Boolean or ColumnKind.Category => read.Number,
            };
        }

        if (column.Kind == ColumnKind.Date)
            notes?.Clock(column, ObjectColumns.IsMoment(value));
        bool isNumeric = column.Kind is ColumnKind.Number or ColumnKind.Boolean;
        double number = value is Half half ? (double)half : Cell.NumberOf(value, isNumeric ? ColumnKind.Number : column.Kind);
        bool isFlag = column.Kind != ColumnKind.Boolean || number is 0 or 1;
        return double.IsNaN(number) || !isFlag || (isNumeric && value is DateTime or DateTimeOffset or DateOnly or TimeSpan or TimeOnly)
            ? throw WrongKind(column, value)
            : number;
    }

    private static MlpException WrongKind(FeatureColumn column, object? value) =>
        new(
            "WrongKind",
            MlpErrorKind.InvalidData,
            $"{column.Name} is '{value}', and the model knows it as a {column.Kind.ToString().ToLowerInvariant()}.");

    /// <summary>Columns of numbers that have places and no names.</summary>
    private static IEnumerable<DataColumn> NumberedColumns(MlpDataset data)
    {
        for (int i = 0; i < data.FeatureCount; i++)
        {
            var numbers = new double[data.Count];
            for (int row = 0; row < numbers.Length; row++)
                numbers[row] = data.Floats![(row * data.FeatureCount) + i];
            yield return DataColumn.OfNumbers((i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), numbers);
        }
    }
}

/// <summary>The inputs of some samples: bytes or floats of the dense ones, and for columns of categories which input is 1.</summary>
internal readonly record struct EncodedInputs(byte[]? Bytes, float[]? Floats, int[]? Codes);
