using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// The end of a model that takes data: how columns, pixels or numbers become the inputs of its network. Fitted once, on the data that the model
/// was made for, and kept with the model.
/// </summary>
public sealed class InputEncoder
{
    private const float PixelRange = 255f;

    /// <summary>Takes pixels or numbers as they are.</summary>
    /// <param name="size">How many of a sample.</param>
    /// <param name="shape">Height and width where they are an image's pixels.</param>
    /// <param name="style">How pictures of another size are made ready.</param>
    /// <param name="names">Their names where they were columns of a table, else null.</param>
    internal InputEncoder(int size, ImageShape? shape = null, PictureStyle style = PictureStyle.Normalized, IReadOnlyList<string>? names = null)
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

    /// <summary>The names of columns or pixels; null where they are told by their places.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>The names of the inputs; empty where they have none.</summary>
    public IEnumerable<string> FeatureNames => Columns.Count > 0 ? Columns.SelectMany(column => column.FeatureNames) : Names ?? [];

    /// <summary>How the inputs stand in a network's buffers.</summary>
    internal InputPlan Plan { get; }

    /// <inheritdoc/>
    public override string ToString() => Columns.Count > 0 ? $"{Columns.Count} columns to {Size} features" : ImageShape is { } shape ? $"images of {shape} pixels" : $"{Size} numbers";

    /// <summary>The encoder that a data set suggests.</summary>
    /// <exception cref="MlpException">A column can't be encoded so.</exception>
    internal static InputEncoder Fit(MlpDataset data, IReadOnlyList<ColumnStatistics> statistics, EncodingOptions options)
    {
        if (data.Columns.Count > 0)
            return new InputEncoder([.. statistics.Select(column => FeatureFit.Feature(column, options))]);
        bool scales = !data.IsPixels && (options.Scaling is not (null or FeatureScaling.None) || options.ScalingOf is not null);
        if (!scales)
            return new InputEncoder(data.FeatureCount, data.ImageShape, data.PictureStyle, data.FeatureNames);
        EncodingOptions asked = options with { Scaling = options.Scaling ?? FeatureScaling.None };
        return new InputEncoder([.. NumberedColumns(data).Select(column => FeatureFit.Feature(ColumnStatistics.Of(column), asked))], isNamed: false);
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
    internal EncodedInputs Encode(MlpDataset data, EncodingNotes? notes)
    {
        if (Columns.Count > 0)
            return EncodeColumns(data, SourcesOf(data), notes);
        if (data.Columns.Count > 0)
            return Names is not null || ImageShape is not null ? EncodePixels(data) : EncodePlain(data);
        if (data.FeatureCount != Size)
            throw Mismatch(data);
        return data.Bytes is { } bytes ? new EncodedInputs(InNamedOrder(data, bytes), null, null) : new EncodedInputs(null, data.Floats, null);
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
            if (column.Kind == ColumnKind.Category)
            {
                string? text = ObjectColumns.IsMissing(values[i]) ? null : values[i] is string given ? given.Trim() : ColumnType.TextOf(values[i]!);
                codes[code++] = CodeOf(column, text, oneHot, notes, "The row");
                oneHot += column.Width;
                continue;
            }

            if (!column.Encode(NumberOf(column, values[i]), floats.AsSpan(place, column.DenseWidth)))
                throw BadNumber(column, values[i], "The row");
            if (ObjectColumns.IsMissing(values[i]) && column.MissingCount == 0)
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
        return new InputPlan(dense.Count, oneHot.Count, columns.Count(column => column.Kind == ColumnKind.Category), isSorted ? null : order);
    }

    private static double NumberOf(FeatureColumn column, object? value)
    {
        if (ObjectColumns.IsMissing(value))
            return double.NaN;
        if (value is string text)
        {
            CellValue read = CellValue.Of(text, column.Kind);
            if (!read.IsOfKind)
                throw WrongKind(column, value);
            return column.Kind switch
            {
                ColumnKind.Date => Cell.NumberOf(new DateTime(read.Ticks), column.Kind),
                ColumnKind.Duration => Cell.NumberOf(new TimeSpan(read.Ticks), column.Kind),
                _ => read.Number,
            };
        }

        bool isNumeric = column.Kind is ColumnKind.Number or ColumnKind.Boolean;
        double number = value is Half half ? (double)half : Cell.NumberOf(value, isNumeric ? ColumnKind.Number : column.Kind);
        return double.IsNaN(number) || (isNumeric && value is DateTime or DateTimeOffset or DateOnly or TimeSpan or TimeOnly) ? throw WrongKind(column, value) : number;
    }

    private static MlpException WrongKind(FeatureColumn column, object? value) =>
        new("WrongKind", MlpErrorKind.InvalidData, $"{column.Name} is '{value}', and the model knows it as a {column.Kind.ToString().ToLowerInvariant()}.");

    /// <summary>Columns of numbers that have places and no names.</summary>
    private static IEnumerable<DataColumn> NumberedColumns(MlpDataset data) => Enumerable.Range(0, data.FeatureCount).Select(i => DataColumn.OfNumbers(
        (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), Array.ConvertAll(Enumerable.Range(0, data.Count).ToArray(), row => (double)data.Floats![(row * data.FeatureCount) + i])));

    /// <summary>The column of a data set that each of the encoder's is.</summary>
    /// <exception cref="MlpException">One is not there, or can't be what the model knows it as.</exception>
    private DataColumn[] SourcesOf(MlpDataset data)
    {
        if (data.Columns.Count == 0)
            return [.. UnnamedSourcesOf(data)];
        if (Names is null)
            return data.Columns.Count == Columns.Count ? [.. Columns.Zip(data.Columns, (column, source) => AsKnown(data, column, source))] : throw Mismatch(data);
        string[] missing = [.. Names.Where(name => data.Find(name) is null)];
        return missing.Length == 0 ? [.. Columns.Select(column => AsKnown(data, column, data.Find(column.Name)!))] : throw Missing(data, missing);
    }

    private IEnumerable<DataColumn> UnnamedSourcesOf(MlpDataset data)
    {
        if (Columns.FirstOrDefault(column => column.Kind is ColumnKind.Category or ColumnKind.Date) is { } other)
            throw new MlpException("ColumnsMissing", MlpErrorKind.Mismatch, $"The data set {data.Name} holds {(data.IsPixels ? "pixels" : "numbers")} without names, and the model takes {Listing.Of([.. Names ?? []])}, of which {other.Name} is a {other.Kind.ToString().ToLowerInvariant()}.");
        if (data.FeatureNames is { } names && Names is not null)
        {
            string[] missing = [.. Names.Where(name => NearestName.Find(names, name) < 0)];
            if (missing.Length > 0)
                throw Missing(data, missing);
            return Columns.Select(column => ColumnOfBlock(data, NearestName.Find(names, column.Name), column.Name));
        }

        return data.FeatureCount == Columns.Count ? Columns.Select((column, i) => ColumnOfBlock(data, i, column.Name)) : throw Mismatch(data);
    }

    private static DataColumn ColumnOfBlock(MlpDataset data, int place, string name)
    {
        var numbers = new double[data.Count];
        for (int row = 0; row < numbers.Length; row++)
            numbers[row] = data.Bytes is { } bytes ? bytes[(row * data.FeatureCount) + place] : data.Floats![(row * data.FeatureCount) + place];
        return DataColumn.OfNumbers(name, numbers);
    }

    private static DataColumn AsKnown(MlpDataset data, FeatureColumn column, DataColumn source)
    {
        if (source.Kind == column.Kind || source.MissingCount == source.Count || (source.Kind is ColumnKind.Number or ColumnKind.Boolean && column.Kind is ColumnKind.Number or ColumnKind.Boolean))
            return column.Kind == ColumnKind.Category ? source.Categories : source;
        try
        {
            return source.Kind == ColumnKind.Category || column.Kind == ColumnKind.Category ? source.As(column.Kind) : throw new MlpException(
                "WrongKind", MlpErrorKind.InvalidData, $"The column {source.Name} holds a {source.Kind.ToString().ToLowerInvariant()} in each row.");
        }
        catch (MlpException failure)
        {
            throw new MlpException("WrongKind", MlpErrorKind.Mismatch, $"The data set {data.Name}: {failure.Message} The model knows it as a {column.Kind.ToString().ToLowerInvariant()}.", failure);
        }
    }

    private EncodedInputs EncodeColumns(MlpDataset data, DataColumn[] sources, EncodingNotes? notes)
    {
        int count = data.Count;
        long length = (long)count * Math.Max(Plan.DenseCount, Plan.CodeCount);
        if (length > Array.MaxLength)
            throw new MlpException("TableTooLarge", MlpErrorKind.InvalidData, $"{data.Name}: {count} rows of {Plan.DenseCount + Plan.CodeCount} values are more than one data set can hold.");
        var floats = new float[count * Plan.DenseCount];
        int[]? codes = Plan.CodeCount > 0 ? new int[count * Plan.CodeCount] : null;
        var work = new List<Action>();
        int place = 0, code = 0, oneHot = 0;
        for (int i = 0; i < Columns.Count; i++)
        {
            (FeatureColumn column, DataColumn source) = (Columns[i], sources[i]);
            if (column.Kind == ColumnKind.Category)
            {
                (int at, int first) = (code++, oneHot);
                work.Add(() => EncodeCategories(column, source, codes!, at, first, notes));
                oneHot += column.Width;
            }
            else
            {
                int at = place;
                work.Add(() => EncodeNumbers(data, column, source, floats, at, notes));
                place += column.DenseWidth;
            }
        }

        try
        {
            Parallel.ForEach(work, encode => encode());
        }
        catch (AggregateException failures)
        {
            throw failures.Flatten().InnerExceptions.OfType<MlpException>().FirstOrDefault() ?? failures.InnerExceptions[0];
        }

        return new EncodedInputs(null, floats, codes);
    }

    private void EncodeNumbers(MlpDataset data, FeatureColumn column, DataColumn source, float[] floats, int place, EncodingNotes? notes)
    {
        const int Rows = 256;
        Span<double> numbers = stackalloc double[Rows];
        int width = column.DenseWidth, stride = Plan.DenseCount;
        for (int start = 0; start < source.Count; start += Rows)
        {
            Span<double> now = numbers[..Math.Min(Rows, source.Count - start)];
            source.CopyNumbers(start, now);
            for (int i = 0; i < now.Length; i++)
            {
                if (!column.Encode(now[i], floats.AsSpan(((start + i) * stride) + place, width)))
                    throw BadNumber(column, source.ValueAt(start + i), $"{data.Name}, row {start + i + 1}");
                if (double.IsNaN(now[i]) && column.MissingCount == 0)
                    notes?.Filled(column.Name);
            }
        }
    }

    private void EncodeCategories(FeatureColumn column, DataColumn source, int[] codes, int place, int first, EncodingNotes? notes)
    {
        // Each different text is looked up once, however often it occurs.
        int?[] known = new int?[source.Texts.Count];
        int? missing = null;
        int stride = Plan.CodeCount;
        for (int row = 0; row < source.Count; row++)
        {
            int code = source.CodeAt(row);
            string? text = code < 0 ? null : source.Texts[code];
            ref int? found = ref (code < 0 ? ref missing : ref known[code]);
            bool isNew = found is null;
            found ??= column.PlaceOf(text, out _) is >= 0 and int at ? first + at : -1;
            if (found < 0 || isNew)
                CodeOf(column, text, first, notes, $"row {row + 1}");
            if (code < 0 && column.MissingCount == 0)
                notes?.Filled(column.Name);
            codes[(row * stride) + place] = found.Value;
        }
    }

    /// <summary>The one-hot input of a category; what is not known is noted, or an error.</summary>
    private static int CodeOf(FeatureColumn column, string? text, int first, EncodingNotes? notes, string where)
    {
        int place = column.PlaceOf(text, out bool isKnown);
        if (text is null && column.FillCategory is null)
            throw MissingValue(column, where);
        if (!isKnown && text is not null)
        {
            if (column.Unknown == UnknownCategory.Error)
                throw new MlpException("UnknownCategory", MlpErrorKind.InvalidData, $"{where}: {column.Name} is '{text}', which was not among the training data; known are {Listing.Of(column.Categories)}.");
            if (place < 0)
                notes?.UnknownCategory(column.Name, text);
        }

        return place < 0 ? -1 : first + place;
    }

    private static MlpException BadNumber(FeatureColumn column, object? value, string where) => ObjectColumns.IsMissing(value)
        ? MissingValue(column, where)
        : new MlpException("NotFinite", MlpErrorKind.InvalidData, $"{where}: {column.Name} is {value}, which is no finite number as a feature.");

    private static MlpException MissingValue(FeatureColumn column, string where) =>
        new("MissingValue", MlpErrorKind.InvalidData, $"{where}: {column.Name} has no value, and the model was made without a rule for that.");

    /// <summary>Columns as numbers in their order, for a model without names.</summary>
    private EncodedInputs EncodePlain(MlpDataset data)
    {
        if (data.Columns.Count != Size)
            throw Mismatch(data);
        if (data.Columns.FirstOrDefault(column => column.Kind == ColumnKind.Category || column.MissingCount > 0) is { } odd)
            throw new MlpException("FeatureCountMismatch", MlpErrorKind.Mismatch, $"The data set {data.Name} has the column {odd.Name} with {(odd.Kind == ColumnKind.Category ? "texts" : "missing values")}, and the model takes numbers as they are. Make it with -Dataset, and it knows what to make of the columns.");
        var floats = new float[data.Count * Size];
        for (int row = 0; row < data.Count; row++)
        {
            for (int i = 0; i < Size; i++)
            {
                floats[(row * Size) + i] = (float)data.Columns[i].NumberAt(row);
                if (!float.IsFinite(floats[(row * Size) + i]))
                    throw new MlpException("NotFinite", MlpErrorKind.InvalidData, $"{data.Name}, row {row + 1}: {data.Columns[i].Name} is {data.Columns[i].ValueAt(row)}, which is no finite number as a feature.");
            }
        }

        return new EncodedInputs(null, floats, null);
    }

    /// <summary>Columns as pixels: by name, or where the model has no names in their order.</summary>
    private EncodedInputs EncodePixels(MlpDataset data)
    {
        string[] missing = [.. (Names ?? []).Where(name => data.Find(name) is null)];
        if (missing.Length > 0)
            throw Missing(data, missing);
        DataColumn[] sources = Names is null ? [.. data.Columns] : [.. Names.Select(name => data.Find(name)!)];
        if (sources.Length != Size)
            throw Mismatch(data);
        var bytes = new byte[data.Count * Size];
        for (int i = 0; i < Size; i++)
        {
            for (int row = 0; row < data.Count; row++)
            {
                double pixel = sources[i].NumberAt(row);
                bytes[(row * Size) + i] = pixel == (byte)pixel ? (byte)pixel
                    : throw new MlpException("PixelsOutsideBytes", MlpErrorKind.InvalidData, $"{data.Name}, row {row + 1}: {sources[i].Name} is {sources[i].ValueAt(row) ?? "missing"}, and pixels are whole numbers from 0 to {PixelRange}.");
            }
        }

        return new EncodedInputs(bytes, null, null);
    }

    /// <summary>Pixels in the order of the model's names, where both have names.</summary>
    private byte[] InNamedOrder(MlpDataset data, byte[] bytes)
    {
        if (Names is null || data.FeatureNames is not { } names || Names.SequenceEqual(names, StringComparer.OrdinalIgnoreCase))
            return bytes;
        int[] places = [.. Names.Select(name => NearestName.Find(names, name))];
        if (Array.IndexOf(places, -1) >= 0)
            throw Missing(data, [.. Names.Where(name => NearestName.Find(names, name) < 0)]);
        var ordered = new byte[bytes.Length];
        for (int i = 0; i < ordered.Length; i++)
            ordered[i] = bytes[(i / Size * Size) + places[i % Size]];
        return ordered;
    }

    private MlpException Mismatch(MlpDataset data) => new(
        "FeatureCountMismatch", MlpErrorKind.Mismatch, $"The data set {data.Name} has {data.FeatureCount} features a sample, and the model takes {(Columns.Count > 0 ? Columns.Count : Size)}: {this}. Make a model for the data with -Dataset.");

    private static MlpException Missing(MlpDataset data, string[] missing) => new(
        "ColumnsMissing", MlpErrorKind.Mismatch, $"The data set {data.Name} lacks {(missing.Length == 1 ? "the column" : "the columns")} {Listing.Of(missing)}, which the model was made for{(missing.Length == 1 ? NearestName.Hint(data.Columns.Select(column => column.Name), missing[0]) : string.Empty)}; it has {Listing.Of(NamesOf(data))}.");

    private static string[] NamesOf(MlpDataset data) => data.Columns.Count > 0 ? [.. data.Columns.Select(column => column.Name)] : data.FeatureNames is { } names ? [.. names] : [data.IsPixels ? "pixels without names" : "numbers without names"];
}

/// <summary>The inputs of some samples: bytes or floats of the dense ones, and for columns of categories which input is 1.</summary>
internal readonly record struct EncodedInputs(byte[]? Bytes, float[]? Floats, int[]? Codes);
