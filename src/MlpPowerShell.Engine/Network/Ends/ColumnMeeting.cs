using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>Finds in a data set what a model takes: columns by name, or where there are none by place.</summary>
/// <param name="encoder">What the model takes.</param>
/// <param name="data">The data set.</param>
internal sealed class ColumnMeeting(InputEncoder encoder, MlpDataset data)
{
    /// <summary>The column of a data set that each of the encoder's is.</summary>
    /// <exception cref="MlpException">One is not there, or can't be what the model knows it as.</exception>
    public DataColumn[] Sources()
    {
        if (data.Columns.Count == 0)
            return [.. UnnamedSources()];
        if (encoder.Names is null)
        {
            return data.Columns.Count == encoder.Columns.Count
                ? [.. encoder.Columns.Zip(data.Columns, (column, source) => AsKnown(column, source))]
                : throw Mismatch();
        }

        string[] missing = [.. encoder.Names.Where(name => data.Find(name) is null)];
        return missing.Length == 0
            ? [.. encoder.Columns.Select(column => AsKnown(column, data.Find(column.Name)!))]
            : throw Missing(missing);
    }

    private IEnumerable<DataColumn> UnnamedSources()
    {
        if (encoder.Columns.FirstOrDefault(column => column.Kind is ColumnKind.Category or ColumnKind.Date) is { } other)
        {
            throw new MlpException(
                "ColumnsMissing",
                MlpErrorKind.Mismatch,
                $"The data set {data.Name} holds {(data.IsPixels ? "pixels" : "numbers")} without names, and the model takes "
                + $"{Listing.Of([.. encoder.Names ?? []])}, of which {other.Name} is a {other.Kind.ToString().ToLowerInvariant()}: give "
                + $"the values by the names of the columns.");
        }

        if (data.FeatureNames is { } names && encoder.Names is not null)
        {
            string[] missing = [.. encoder.Names.Where(name => NearestName.Find(names, name) < 0)];
            if (missing.Length > 0)
                throw Missing(missing);
            return encoder.Columns.Select(column => ColumnOfBlock(NearestName.Find(names, column.Name), column.Name));
        }

        return data.FeatureCount == encoder.Columns.Count
            ? encoder.Columns.Select((column, i) => ColumnOfBlock(i, column.Name))
            : throw Mismatch();
    }

    private DataColumn ColumnOfBlock(int place, string name)
    {
        var numbers = new double[data.Count];
        for (int row = 0; row < numbers.Length; row++)
        {
            numbers[row] = data.Bytes is { } bytes
                ? bytes[(row * data.FeatureCount) + place]
                : data.Floats![(row * data.FeatureCount) + place];
        }

        return DataColumn.OfNumbers(name, numbers);
    }

    private DataColumn AsKnown(FeatureColumn column, DataColumn source)
    {
        if (column.Kind == ColumnKind.Category)
            return KnownTexts.Match(source, column.Categories.Concat(column.Rare)).Categories;
        if (source.Kind == column.Kind
            || source.MissingCount == source.Count
            || (source.Kind == ColumnKind.Boolean && column.Kind == ColumnKind.Number))
        {
            return source;
        }

        try
        {
            return source.Kind == ColumnKind.Category || (source.Kind == ColumnKind.Number && column.Kind == ColumnKind.Boolean)
                ? source.As(column.Kind)
                : throw new MlpException(
                "WrongKind", MlpErrorKind.InvalidData, $"The column {source.Name} holds a {source.Kind.ToString().ToLowerInvariant()} "
                    + $"in each row.");
        }
        catch (MlpException failure)
        {
            throw new MlpException(
                "WrongKind",
                MlpErrorKind.Mismatch,
                $"The data set {data.Name}: {failure.Message} The model knows it as a {column.Kind.ToString().ToLowerInvariant()}.",
                failure);
        }
    }

    /// <summary>Columns as numbers in their order, for a model without names.</summary>
    public EncodedInputs AsNumbers()
    {
        if (data.Columns.Count != encoder.Size)
            throw Mismatch();
        if (data.Columns.FirstOrDefault(column => column.Kind == ColumnKind.Category || column.MissingCount > 0) is { } odd)
        {
            throw new MlpException(
                "FeatureCountMismatch",
                MlpErrorKind.Mismatch,
                $"The data set {data.Name} has the column {odd.Name} with "
                + $"{(odd.Kind == ColumnKind.Category ? "texts" : "missing values")}, and the model takes numbers as they are. Make "
                + $"it for a data set{Hint.With(nameof(MlpModel.CreateFor))}, and it knows what to make of the columns.");
        }

        var floats = new float[data.Count * encoder.Size];
        for (int row = 0; row < data.Count; row++)
        {
            for (int i = 0; i < encoder.Size; i++)
            {
                floats[(row * encoder.Size) + i] = (float)data.Columns[i].NumberAt(row);
                if (!float.IsFinite(floats[(row * encoder.Size) + i]))
                {
                    throw new MlpException(
                        "NotFinite",
                        MlpErrorKind.InvalidData,
                        $"{data.Name}, {data.PlaceOf(row)}: {data.Columns[i].Name} is {data.Columns[i].ValueAt(row)}, which is no "
                        + $"finite number as a feature.");
                }
            }
        }

        return new EncodedInputs(null, floats, null);
    }

    /// <summary>Columns as pixels: by name, or where the model has no names in their order.</summary>
    public EncodedInputs AsPixels()
    {
        string[] missing = [.. (encoder.Names ?? []).Where(name => data.Find(name) is null)];
        if (missing.Length > 0)
            throw Missing(missing);
        DataColumn[] sources = encoder.Names is null ? [.. data.Columns] : [.. encoder.Names.Select(name => data.Find(name)!)];
        if (sources.Length != encoder.Size)
            throw Mismatch();
        var bytes = new byte[data.Count * encoder.Size];
        for (int i = 0; i < encoder.Size; i++)
        {
            for (int row = 0; row < data.Count; row++)
            {
                double pixel = sources[i].NumberAt(row);
                bytes[(row * encoder.Size) + i] = pixel == (byte)pixel ? (byte)pixel
                    : throw new MlpException(
                        "PixelsOutsideBytes",
                        MlpErrorKind.InvalidData,
                        $"{data.Name}, {data.PlaceOf(row)}: {sources[i].Name} is {sources[i].ValueAt(row) ?? "missing"}, and pixels "
                        + $"are whole numbers from 0 to {byte.MaxValue}.");
            }
        }

        return new EncodedInputs(bytes, null, null);
    }

    /// <summary>Pixels in the order of the model's names, where both have names.</summary>
    public byte[] InNamedOrder(byte[] bytes)
    {
        if (encoder.Names is null
            || data.FeatureNames is not { } names
            || encoder.Names.SequenceEqual(names, StringComparer.OrdinalIgnoreCase))
        {
            return bytes;
        }

        int[] places = [.. encoder.Names.Select(name => NearestName.Find(names, name))];
        if (Array.IndexOf(places, -1) >= 0)
            throw Missing([.. encoder.Names.Where(name => NearestName.Find(names, name) < 0)]);
        var ordered = new byte[bytes.Length];
        for (int i = 0; i < ordered.Length; i++)
            ordered[i] = bytes[(i / encoder.Size * encoder.Size) + places[i % encoder.Size]];
        return ordered;
    }

    /// <summary>Says that there are more or fewer features than the model takes.</summary>
    public MlpException Mismatch() => new(
        "FeatureCountMismatch",
        MlpErrorKind.Mismatch,
        $"The data set {data.Name} has {data.FeatureCount} features a sample, and the model takes "
        + $"{(encoder.Columns.Count > 0 ? encoder.Columns.Count : encoder.Size)}: {encoder}. Make a model for the "
        + $"data{Hint.With(nameof(MlpModel.CreateFor))}.");

    private MlpException Missing(string[] missing)
    {
        string which = missing.Length == 1 ? "the column" : "the columns";
        string nearest = missing.Length == 1 ? NearestName.Hint(data.Columns.Select(column => column.Name), missing[0]) : string.Empty;
        return new MlpException(
            "ColumnsMissing",
            MlpErrorKind.Mismatch,
            $"The data set {data.Name} lacks {which} {Listing.Of(missing)}, which the model was made for{nearest}; it has "
            + $"{Listing.Of(NamesOfData())}.");
    }

    private string[] NamesOfData() =>
        data.Columns.Count > 0
            ? [.. data.Columns.Select(column => column.Name)]
            : data.FeatureNames is { } names
            ? [.. names]
            : [data.IsPixels ? "pixels without names" : "numbers without names"];
}
