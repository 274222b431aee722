namespace MlpPowerShell.Engine.Data;

/// <summary>Several files of the same columns as one table.</summary>
internal static class TableFiles
{
    /// <summary>Reads the files, whose rows follow each other in their order; columns meet by their names.</summary>
    /// <exception cref="MlpException">A file has other columns than the first, or is no table.</exception>
    public static MlpTable Read(IReadOnlyList<string> paths, TableReadOptions options, CancellationToken cancellation)
    {
        while (true)
        {
            MlpTable[] tables = [.. paths.Select(path => TableReader.Read(path, options, cancellation))];
            foreach (MlpTable table in tables)
                CheckColumns(tables[0], table);

            // What one file tells holds for the others too.
            TextConventions found = options.Conventions.With(tables.SelectMany(table => table.FoundConventions)
                .Select(column => (column.Column, column.Found with { TakesPlain = false })));
            if (found != options.Conventions)
            {
                options = options with { Conventions = found };
                continue;
            }

            HashSet<string> mixed = [.. tables[0].ColumnNames.Where((_, place) => AreMixed(ColumnsOf(tables, place)))];
            mixed.RemoveWhere(name => options.KindOf?.Invoke(name) is not null);
            if (mixed.Count == 0)
                return Joined(tables, options);
            Func<string, ColumnKind?>? before = options.KindOf;
            options = options with { KindOf = name => before?.Invoke(name) ?? (mixed.Contains(name) ? ColumnKind.Category : null) };
        }
    }

    private static void CheckColumns(MlpTable first, MlpTable other)
    {
        string? lacking = first.ColumnNames.Except(other.ColumnNames, StringComparer.OrdinalIgnoreCase).FirstOrDefault();
        string? further = other.ColumnNames.Except(first.ColumnNames, StringComparer.OrdinalIgnoreCase).FirstOrDefault();
        if (lacking is not null || further is not null)
        {
            throw new MlpException(
                "DatasetsDiffer",
                MlpErrorKind.Mismatch,
                $"{other.Name} {(lacking is not null ? $"lacks the column {lacking}, which {first.Name} has" : $"has a column {further}, "
                + $"which {first.Name} lacks")}; files that are read together have the same columns.");
        }
    }

    private static ReadColumn[] ColumnsOf(MlpTable[] tables, int place) =>
        Array.ConvertAll(tables, table => table.ReadAs[table.Find(tables[0].ColumnNames[place])]);

    private static bool AreMixed(ReadColumn[] columns)
    {
        DataColumn[] filled = [.. columns.Select(column => column.Column).Where(column => column.MissingCount < column.Count)];
        return filled.Any(column => column.Kind != filled[0].Kind || column.Type.IsMoment != filled[0].Type.IsMoment);
    }

    private static MlpTable Joined(MlpTable[] tables, TableReadOptions options)
    {
        int[] starts = new int[tables.Length + 1];
        for (int i = 0; i < tables.Length; i++)
            starts[i + 1] = checked(starts[i] + tables[i].Count);
        MlpTable first = tables[0];
        return new MlpTable(
            $"{first.Name} and {tables.Length - 1} more",
            [.. first.ColumnNames.Select((_, place) => Joined(ColumnsOf(tables, place), starts))],
            options.KindOf)
        {
            ShortName = $"{first.ShortName} and {tables.Length - 1} more",
            PlaceOf = row => PlaceOf(tables, starts, row),
            Conventions = options.Conventions,
            DefaultLabel = first.DefaultLabel,
            RowNames = first.RowNames,
            Weights = Array.Exists(tables, table => table.Weights is not null)
                ? [.. tables.SelectMany(table => table.Weights ?? [.. Enumerable.Repeat(1f, table.Count)])]
                : null,
        };
    }

    private static ReadColumn Joined(ReadColumn[] columns, int[] starts)
    {
        var joined = new ReadColumn(DataColumn.Join(Array.ConvertAll(columns, column => column.Column)));
        int odd = Array.FindIndex(columns, column => column.OddRow is not null);
        return odd < 0 ? joined : joined with { OddRow = starts[odd] + columns[odd].OddRow, OddText = columns[odd].OddText };
    }

    private static string PlaceOf(MlpTable[] tables, int[] starts, int row)
    {
        int table = Array.FindLastIndex(starts, tables.Length - 1, start => start <= row);
        return $"{tables[table].Name}, {tables[table].PlaceOf(row - starts[table])}";
    }
}
