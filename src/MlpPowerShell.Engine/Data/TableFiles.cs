namespace MlpPowerShell.Engine.Data;

/// <summary>Several files of the same columns as one table.</summary>
internal static class TableFiles
{
    /// <summary>Reads the files, whose rows follow each other in their order; columns meet by their names.</summary>
    /// <exception cref="MlpException">A file has other columns than the first, or is no table.</exception>
    public static MlpTable Read(IReadOnlyList<string> paths, TableReadOptions options, CancellationToken cancellation)
    {
        MlpTable[]? alone = null;
        var plain = new HashSet<string>();
        while (true)
        {
            MlpTable[] tables = [.. paths.Select(path => TableReader.Read(path, options, cancellation))];
            alone ??= tables;
            int? first = tables.Min(table => table.FirstFeature);
            if (Array.Exists(tables, table => table.FirstFeature != first))
            {
                options = options with { FirstFeature = first };
                alone = null;
                continue;
            }

            foreach (MlpTable table in tables)
                CheckColumns(tables[0], table);

            // What one file tells holds for the others too.
            (string Column, TextConventions Found)[] told = [.. tables.SelectMany(table => table.FoundConventions)];
            TextConventions found = options.Conventions.With(
                told.Select(column => (column.Column, column.Found with { TakesPlain = false })));
            if (found != options.Conventions)
            {
                plain.UnionWith(told.Select(column => column.Column)
                    .Where(name => tables.All(table => table.ReadAs[table.Find(name)].MayTakePlain)));
                options = options with { Conventions = found };
                continue;
            }

            HashSet<string> mixed = [.. tables[0].ColumnNames.Where((_, place) => AreMixed(ColumnsOf(tables, place)))];
            mixed.RemoveWhere(name => options.KindOf?.Invoke(name) is not null);
            if (mixed.Count == 0)
                return Joined(tables, options, plain, [.. tables.SelectMany((table, i) => Decided(alone, i, table))]);
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
        ReadColumn[] filled = [.. columns.Where(column => column.Column.MissingCount < column.Column.Count)];
        return filled.Any(column => column.Column.Kind != filled[0].Column.Kind
            || column.Column.Type.IsMoment != filled[0].Column.Type.IsMoment
            || column.ArePercents != filled[0].ArePercents);
    }

    /// <summary>What other files of a set decided about columns of one that alone would be read otherwise, each a sentence.</summary>
    private static IEnumerable<MlpMessage> Decided(MlpTable[] alone, int file, MlpTable together)
    {
        for (int place = 0; place < together.ColumnNames.Count; place++)
        {
            string name = together.ColumnNames[place];
            (ReadColumn before, DataColumn after) = (alone[file].ReadAs[place], together.ReadAs[place].Column);
            if (before.Found is not null
                || after.Kind == ColumnKind.Category
                || Array.Find(alone, table => table.ReadAs[table.Find(name)].Found is not null) is not { } teller
                || (before.Column.Kind == after.Kind && Numbers(before.Column).SequenceEqual(Numbers(after))))
            {
                continue;
            }

            yield return after.Kind == ColumnKind.Date
                ? $"The column {name} of {together.Name} is read as dates because that of {teller.Name} shows how they are written; if "
                    + $"these are written otherwise, read them apart{Hint.With(nameof(TextConventions.DateFormats))}."
                : $"The column {name} of {together.Name} is read as that of {teller.Name} shows how numbers are written, and alone it "
                    + $"would be other numbers or texts; if these are written otherwise, read them "
                    + $"apart{Hint.With(nameof(TextConventions.DecimalSeparator))}.";
        }
    }

    private static IEnumerable<double> Numbers(DataColumn column) => Enumerable.Range(0, column.Count).Select(column.NumberAt);

    private static MlpTable Joined(
        MlpTable[] tables, TableReadOptions options, HashSet<string> plain, IReadOnlyList<MlpMessage> warnings)
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
            Conventions = options.Conventions.TakingPlain(plain),
            Warnings = warnings,
            DefaultLabel = first.DefaultLabel,
            RowNames = first.RowNames,
            Weights = Array.Exists(tables, table => table.Weights is not null)
                ? [.. tables.SelectMany(table => table.Weights ?? [.. Enumerable.Repeat(1f, table.Count)])]
                : null,
        };
    }

    private static ReadColumn Joined(ReadColumn[] columns, int[] starts)
    {
        var joined = new ReadColumn(DataColumn.Join(Array.ConvertAll(columns, column => column.Column)))
        {
            Unreadable = columns.FirstOrDefault(column => column.Unreadable is not null).Unreadable,
        };
        int odd = Array.FindIndex(columns, column => column.OddRow is not null);
        return odd < 0 ? joined : joined with { OddRow = starts[odd] + columns[odd].OddRow, OddText = columns[odd].OddText };
    }

    private static string PlaceOf(MlpTable[] tables, int[] starts, int row)
    {
        int table = Array.FindLastIndex(starts, tables.Length - 1, start => start <= row);
        return $"{tables[table].Name}, {tables[table].PlaceOf(row - starts[table])}";
    }
}
