using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>Makes features of columns.</summary>
internal static class ColumnFeatures
{
    /// <summary>Makes the inputs of all rows.</summary>
    /// <param name="encoder">How columns become features.</param>
    /// <param name="data">Where the rows are, for messages.</param>
    /// <param name="sources">The column that each of the encoder's is.</param>
    /// <param name="notes">Takes what is not known.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="MlpException">A value can't be a feature.</exception>
    public static EncodedInputs Of(
        InputEncoder encoder, MlpDataset data, DataColumn[] sources, EncodingNotes? notes, CancellationToken cancellation)
    {
        InputPlan plan = encoder.Plan;
        int count = data.Count;
        long length = (long)count * Math.Max(plan.DenseCount, plan.CodeCount);
        if (length > Array.MaxLength)
        {
            throw new MlpException(
                "TableTooLarge",
                MlpErrorKind.InvalidData,
                $"{data.Name}: {count} rows of {plan.DenseCount + plan.CodeCount} values are more than one data set can hold.");
        }

        var floats = new float[count * plan.DenseCount];
        int[]? codes = plan.CodeCount > 0 ? new int[count * plan.CodeCount] : null;
        var work = new List<Work>();
        int place = 0, code = 0, oneHot = 0;
        for (int i = 0; i < encoder.Columns.Count; i++)
        {
            (FeatureColumn column, DataColumn source) = (encoder.Columns[i], sources[i]);
            if (column.Kind == ColumnKind.Category)
            {
                (int at, int first) = (code++, oneHot);
                var target = new CodeTarget(codes!, at, first);
                work.Add((ref int row) => EncodeCategories(data, column, source, target, notes, ref row));
                oneHot += column.Width;
            }
            else
            {
                if (source.Kind == ColumnKind.Date && source.MissingCount < source.Count)
                    notes?.Clock(column, source.Type.IsMoment);
                int at = place;
                work.Add((ref int row) => EncodeNumbers(data, column, source, floats, at, notes, ref row));
                place += column.DenseWidth;
            }
        }

        // Of several columns' errors the one of the first row is told, whichever thread came upon its own first.
        var failures = new (int Row, MlpException Error)?[work.Count];
        Parallel.For(0, work.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            int row = 0;
            try
            {
                work[i](ref row);
            }
            catch (MlpException failure)
            {
                failures[i] = (row, failure);
            }
        });
        return failures.OfType<(int Row, MlpException Error)>().OrderBy(failure => failure.Row).FirstOrDefault().Error is { } error
            ? throw error
            : new EncodedInputs(null, floats, codes);
    }

    /// <summary>Encodes a column; the row is the one that it has come to.</summary>
    private delegate void Work(ref int row);

    /// <summary>
    /// Where the codes of a column go: the codes of all, the column's place among a sample's, and its first one-hot input.
    /// </summary>
    private readonly record struct CodeTarget(int[] Codes, int Place, int First);

    private static void EncodeNumbers(
        MlpDataset data, FeatureColumn column, DataColumn source, float[] floats, int place, EncodingNotes? notes, ref int row)
    {
        const int Rows = 256;
        Span<double> numbers = stackalloc double[Rows];
        int width = column.DenseWidth, stride = floats.Length / Math.Max(1, source.Count);
        for (int start = 0; start < source.Count; start += Rows)
        {
            Span<double> now = numbers[..Math.Min(Rows, source.Count - start)];
            source.CopyNumbers(start, now);
            for (int i = 0; i < now.Length; i++)
            {
                row = start + i;
                if (!column.Encode(now[i], floats.AsSpan((row * stride) + place, width)))
                    throw BadNumber(column, source.ValueAt(row), $"{data.Name}, {data.PlaceOf(row)}");
                if (double.IsNaN(now[i]) && column.MissingCount == 0)
                    notes?.Filled(column.Name);
            }
        }
    }

    private static void EncodeCategories(
        MlpDataset data, FeatureColumn column, DataColumn source, CodeTarget target, EncodingNotes? notes, ref int row)
    {
        // Each different text is looked up once, however often it occurs.
        var places = new (int Code, bool IsKnown)?[source.Texts.Count + 1];
        int stride = target.Codes.Length / Math.Max(1, source.Count);
        for (row = 0; row < source.Count; row++)
        {
            int code = source.CodeAt(row);
            string? text = code < 0 ? null : source.Texts[code];
            ref (int Code, bool IsKnown)? found = ref (code < 0 ? ref places[^1] : ref places[code]);
            found ??= (column.PlaceOf(text, out bool isKnown) is >= 0 and int at ? target.First + at : -1, isKnown);
            if (!found.Value.IsKnown)
                CodeOf(column, text, target.First, notes, data, row);
            if (code < 0 && column.MissingCount == 0)
                notes?.Filled(column.Name);
            target.Codes[(row * stride) + target.Place] = found.Value.Code;
        }
    }

    /// <summary>The one-hot input of a category; what is not known is noted, or an error.</summary>
    /// <param name="column">The column.</param>
    /// <param name="text">The category; null where it is missing.</param>
    /// <param name="first">The first one-hot input of the column.</param>
    /// <param name="notes">Takes what is not known.</param>
    /// <param name="data">What it is of, for messages; null for a row alone.</param>
    /// <param name="row">Its row there.</param>
    public static int CodeOf(FeatureColumn column, string? text, int first, EncodingNotes? notes, MlpDataset? data = null, int row = 0)
    {
        int place = column.PlaceOf(text, out bool isKnown);
        if (text is null && column.FillCategory is null)
            throw MissingValue(column, Where(data, row));
        if (!isKnown && text is not null)
        {
            if (column.Unknown == UnknownCategory.Error)
            {
                throw new MlpException(
                    "UnknownCategory",
                    MlpErrorKind.InvalidData,
                    $"{Where(data, row)}: {column.Name} is '{text}', which was not among the training data; known are "
                    + $"{Listing.Of(column.Categories)}.");
            }

            notes?.UnknownCategory(column, text);
        }

        return place < 0 ? -1 : first + place;
    }

    // Only asked for where it is told: of a stream, it may take reading a part of the file.
    private static string Where(MlpDataset? data, int row) => data is null ? "The row" : $"{data.Name}, {data.PlaceOf(row)}";

    /// <summary>Says what is wrong with a number that can't be a feature.</summary>
    public static MlpException BadNumber(FeatureColumn column, object? value, string where) => ObjectColumns.IsMissing(value)
        ? MissingValue(column, where)
        : new MlpException(
            "NotFinite", MlpErrorKind.InvalidData, $"{where}: {column.Name} is {value}, which is no finite number as a feature.");

    private static MlpException MissingValue(FeatureColumn column, string where)
    {
        string made = column.DropsMissing ? "to leave such rows out" : "without a rule for that";
        return new("MissingValue", MlpErrorKind.InvalidData, $"{where}: {column.Name} has no value, and the model was made {made}.");
    }
}
