namespace MlpPowerShell.Engine.Data;

/// <summary>A file on its way into a table.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">Its name, or that of the one in an archive.</param>
/// <param name="Options">How it is read.</param>
/// <param name="Cancellation">Stops the reading.</param>
internal sealed record RowSource(string Path, string Name, TableReadOptions Options, CancellationToken Cancellation)
{
    /// <summary>The line of the file on which one of the text that is read stands; null where they are the same.</summary>
    public Func<int, int>? LineOf { get; init; }

    /// <summary>What earlier readings told of the columns.</summary>
    public required ColumnHints Hints { get; init; }

    /// <summary>Where something is, for messages.</summary>
    public string At(int line) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Path}, line {LineOf?.Invoke(line) ?? line}");

    /// <summary>An error about a file of which there are no rows, or none is left.</summary>
    public static MlpException NoRows(string path, TableReadOptions? options)
    {
        MlpMessage what = "there are no rows.";
        if (options?.Skip > 0)
            what = $"no row is left after those that are skipped: skip fewer{Hint.With(nameof(TableReadOptions.Skip))}.";
        return new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{path}: {what}");
    }

    /// <summary>What those of some columns are to be taken for that somebody has asked for.</summary>
    public Dictionary<string, ColumnKind> KindsOf(IEnumerable<string> names)
    {
        var kinds = new Dictionary<string, ColumnKind>();
        foreach (string name in names)
        {
            if (Options.KindOf?.Invoke(name) is { } kind)
                kinds[name] = kind;
        }

        return kinds;
    }

    /// <summary>Checks that there is memory for so many values, and that nobody has asked to stop.</summary>
    public void Check(long values)
    {
        Cancellation.ThrowIfCancellationRequested();
        InputFile.CheckMemory(Path, values * sizeof(float));
    }
}

/// <summary>What a reading of a table told of its columns that the next has to know.</summary>
internal sealed class ColumnHints
{
    /// <summary>Columns of texts that looked otherwise at first.</summary>
    public HashSet<int> AsTexts { get; } = [];

    /// <summary>Columns in whose numbers points stand between groups, as other columns tell.</summary>
    public HashSet<int> WithComma { get; } = [];

    /// <summary>Takes what a table tells.</summary>
    /// <returns>Whether it has to be read once more.</returns>
    public bool Learn(MlpTable table)
    {
        bool isNew = false;
        for (int place = 0; place < table.ReadAs.Count; place++)
        {
            isNew |= table.ReadAs[place].NeedsTexts && AsTexts.Add(place);
            isNew |= table.ReadAs[place].NeedsComma && WithComma.Add(place);
        }

        return isNew;
    }
}
