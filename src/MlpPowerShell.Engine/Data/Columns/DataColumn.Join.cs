namespace MlpPowerShell.Engine.Data;

/// <content>How columns are put one after another.</content>
public sealed partial class DataColumn
{
    /// <summary>Columns one after another; where they are of different kinds, as what all of them can be.</summary>
    internal static DataColumn Join(IReadOnlyList<DataColumn> columns)
    {
        DataColumn first = columns[0];
        if (columns.Count == 1)
            return first;
        bool alike = columns.All(column => column.Kind == first.Kind
            && column.Type == first.Type
            && column._unit == first._unit
            && column._texts is null == first._texts is null);
        if (alike && first._texts is null)
        {
            return new DataColumn(
                first.Name, first.Kind, first.Type, PackedNumbers.Join([.. columns.Select(column => column._values)]), unit: first._unit);
        }

        if (alike)
            return JoinTexts(first.Name, [.. columns], first.Kind, first.Type);
        DataColumn[] filled = [.. columns.Where(column => column.MissingCount < column.Count)];
        if (filled.Length == 0)
        {
            return OfPacked(
                first.Name,
                first.Kind,
                PackedNumbers.Of(Enumerable.Repeat(double.NaN, columns.Sum(column => column.Count)).ToArray()),
                ColumnType.Double);
        }

        if (Array.TrueForAll(filled, column => column.Kind == ColumnKind.Category))
        {
            return JoinTexts(
                first.Name,
                [.. columns.Select(column => column.Categories)],
                ColumnKind.Category,
                Array.TrueForAll(filled, column => column.Type == filled[0].Type) ? filled[0].Type : ColumnType.Text);
        }

        if (Array.TrueForAll(filled, column => column.Kind is ColumnKind.Number or ColumnKind.Boolean && column._texts is null))
            return JoinNumbers(first.Name, columns, filled);

        bool areNumbers = Array.TrueForAll(filled, column => column.Kind == ColumnKind.Number);
        if (areNumbers && OfDecimals(first.Name, [.. columns.SelectMany(column => column.AllTexts)]) is { } decimals)
            return decimals;

        // Values of other types, which are of one kind, meet as where they came together.
        return Array.TrueForAll(filled, column => column.Kind == filled[0].Kind)
            ? ObjectColumns.Of(
                first.Name,
                [.. columns.SelectMany(column => Enumerable.Range(0, column.Count).Select(column.ValueAt))],
                asTexts: false).Column
            : throw new MlpException(
                "DatasetsDiffer",
                MlpErrorKind.Mismatch,
                $"The data sets differ in the column {first.Name}: it holds a {NameOf(filled[0])} in each row of one, and a "
                + $"{NameOf(filled.First(column => column.Kind != filled[0].Kind))} in those of another. Say what the column is where "
                    + $"they are read.");

        static string NameOf(DataColumn column) => column.Kind.ToString().ToLowerInvariant();
    }

    private static DataColumn JoinNumbers(string name, IReadOnlyList<DataColumn> columns, DataColumn[] filled)
    {
        PackedNumbers values = PackedNumbers.Join([.. columns.Select(column => column._values)]);
        bool areFlags = Array.Exists(filled, column => column.Kind == ColumnKind.Boolean)
            && Enumerable.Range(0, values.Count).All(row => values[row] is 0 or 1 or double.NaN);
        if (areFlags)
            return OfPacked(name, ColumnKind.Boolean, values, ColumnType.Boolean);
        if (Array.TrueForAll(filled, column => column.Type == filled[0].Type))
            return OfPacked(name, ColumnKind.Number, values, filled[0].Type);
        if (Array.TrueForAll(filled, column => column.Type.IsWhole))
            return OfPacked(name, ColumnKind.Number, values, ColumnType.Int64);

        // A double would merge long whole numbers with their neighbours.
        bool areLong = Array.Exists(filled, column => column.Type.IsWhole && column.HasLongWholes);
        return (areLong ? OfDecimals(name, [.. columns.SelectMany(column => column.AllTexts)]) : null)
            ?? OfPacked(name, ColumnKind.Number, values, ColumnType.Double);
    }

    private bool HasLongWholes => Enumerable.Range(0, Count).Any(row => !IsMissing(row) && Math.Abs(NumberAt(row)) > LargestExact);

    private IEnumerable<string?> AllTexts => Enumerable.Range(0, Count).Select(TextAt);

    private static DataColumn JoinTexts(string name, DataColumn[] columns, ColumnKind kind, ColumnType type)
    {
        var places = new Dictionary<string, int>();
        var codes = new List<int>(columns.Sum(column => column.Count));
        foreach (DataColumn column in columns)
        {
            int[] moved =
                Array.ConvertAll(column._texts!, text => places.TryGetValue(text, out int place) ? place : places[text] = places.Count);
            for (int row = 0; row < column.Count; row++)
                codes.Add(column.CodeAt(row) is >= 0 and int code ? moved[code] : -1);
        }

        return OfCodes(
            name,
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(codes),
            [.. places.Keys],
            type,
            kind,
            Array.TrueForAll(columns, column => column.IsDeclared));
    }
}
