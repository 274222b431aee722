namespace MlpPowerShell.Engine.Data;

/// <summary>What the columns of a file are and come to that is never whole in memory, found out part by part.</summary>
/// <param name="path">The file.</param>
/// <param name="options">Which columns mean what.</param>
internal sealed class StreamSchema(string path, TableOptions options)
{
    private ColumnStatistics[] _features = [];
    private ColumnStatistics[] _labels = [];
    private ColumnStatistics[] _labelTexts = [];
    private string[] _aside = [];
    private MlpTask _task;
    private ImageShape? _shape;
    private string[] _allNames = [];
    private string? _rowNames;
    private MlpException? _badValue;
    private readonly Dictionary<string, TextConventions> _found = [];
    private readonly HashSet<char> _separators = [];
    private readonly Dictionary<string, bool> _areOpen = [];
    private readonly Dictionary<string, bool> _arePercents = [];
    private readonly HashSet<string> _withPoints = [];

    /// <summary>The columns that turned out to be texts after parts that looked otherwise.</summary>
    public HashSet<string> TurnedToTexts { get; } = [];

    /// <summary>
    /// How columns are written, as their values or those of other columns told, where they have to be read so from the start.
    /// </summary>
    public IEnumerable<(string Column, TextConventions Found)> Found =>
        _found.Count == 0 && _separators.Count == 1
            ? Told(_separators.First())
            : _found.Select(pair => (pair.Key, pair.Value with { TakesPlain = !_withPoints.Contains(pair.Key) }));

    /// <summary>How values are written, for what is read like these; null where nothing is known of it.</summary>
    public TextConventions? Conventions { get; set; }

    /// <summary>What the features come to.</summary>
    public IReadOnlyList<ColumnStatistics> Features => _features;

    /// <summary>What the labels come to, a class as names.</summary>
    public IReadOnlyList<ColumnStatistics> Labels => _task == MlpTask.Classification ? _labelTexts : _labels;

    /// <summary>Bytes that the different texts take.</summary>
    public long TextBytes =>
        _features.Concat(_labelTexts)
            .Where(column => column.Kind == ColumnKind.Category)
            .Sum(column => column.Counts?.Sum(count => 50L + (2 * count.Key.Length)) ?? 0);

    /// <summary>Takes a part of the rows into account.</summary>
    /// <exception cref="MlpException">A column is not there, or has values that are none.</exception>
    public void Add(MlpTable part)
    {
        foreach (ReadColumn column in part.ReadAs)
            Note(column);
        var samples = new TableSamples(part, options);
        (int[] labels, int[] features, int[] aside) = samples.Places();
        _aside = Array.ConvertAll(aside, place => part.ColumnNames[place]);
        (_allNames, _rowNames) = ([.. part.ColumnNames], part.RowNames);
        DataColumn[] labelColumns, featureColumns;
        try
        {
            (labelColumns, featureColumns) = (samples.ColumnsAt(labels), samples.ColumnsAt(features));
        }
        catch (MlpException failure)
        {
            // Later rows may tell that the value is one, after all.
            _badValue ??= failure;
            return;
        }

        _features = Merged(_features, featureColumns);
        _labels = Merged(_labels, labelColumns);

        // A number that turns out to be predicted itself has too many texts to keep.
        if (_labels.Length == 1 && _labels[0].Counts is not null)
            _labelTexts = Merged(_labelTexts, [labelColumns[0].Categories]);
    }

    /// <summary>Checks that all values were what they have to be.</summary>
    /// <exception cref="MlpException">One was not.</exception>
    public void CheckValues()
    {
        if (_badValue is not null)
            throw _badValue;
    }

    /// <summary>Decides what the samples are for and whether they are images, all rows having been seen.</summary>
    public void Settle()
    {
        var samples = new TableSamples(new MlpTable(path, _allNames) { RowNames = _rowNames }, options);
        _task = samples.TaskOf(_labels);
        _shape = samples.ShapeOf(_features.Length, i => TableSamples.LargestByte(_features[i]));
    }

    /// <summary>The data set of a part of the rows.</summary>
    public MlpDataset ToDataset(MlpTable part)
    {
        DataColumn[] features = Array.ConvertAll(_features, column => Typed(part, column));
        DataColumn[] labels = Array.ConvertAll(_labels, column => Typed(part, column));
        DataColumn[] aside = [.. _aside.Select(name => part.ColumnAt(part.Find(name)))];
        return TableSamples.Assemble(part.ShortName, features, labels, _task, _shape, aside, null)
            .WithConventions(Conventions)
            .WithPlaces(part.PlaceOf);
    }

    private void Note(ReadColumn column)
    {
        string name = column.Column.Name;
        if (column.Found is { } found)
            _ = _found.TryAdd(name, found);
        if (!column.MayTakePlain)
            _withPoints.Add(name);
        if (column.Column.MissingCount < column.Column.Count
            && _arePercents.TryAdd(name, column.ArePercents) is false
            && _arePercents[name] != column.ArePercents)
        {
            TurnedToTexts.Add(name);
        }

        if (column.Decimal is { } separator)
            _separators.Add(separator);

        // A column is open as long as no part of it tells.
        if (column.IsOpen || column.Decimal is not null)
            _areOpen[name] = column.Decimal is null && _areOpen.GetValueOrDefault(name, true);
    }

    /// <summary>What the columns that tell say of those that leave open how their numbers are written.</summary>
    private IEnumerable<(string Column, TextConventions Found)> Told(char separator)
    {
        var told = new TextConventions { DecimalSeparator = separator };
        foreach (ColumnStatistics column in _features.Concat(_labels).Where(column => _areOpen.GetValueOrDefault(column.Name)))
        {
            bool isTold = column.Kind == ColumnKind.Category
                ? column.Counts is { } counts && NumberForm.NumbersOf([.. counts.Keys], separator) is not null
                : separator == ',';
            if (isTold)
                yield return (column.Name, told);
        }
    }

    private static DataColumn Typed(MlpTable part, ColumnStatistics column) =>
        part.ColumnAt(part.Find(column.Name)).As(column.Kind).Typed(new ColumnType(column.Type));

    private ColumnStatistics[] Merged(ColumnStatistics[] known, DataColumn[] columns)
    {
        ColumnStatistics[] more = Array.ConvertAll(columns, column => ColumnStatistics.Of(column, isWhole: false));
        return known.Length == 0 ? more : [.. known.Zip(more, Merge)];
    }

    private ColumnStatistics Merge(ColumnStatistics known, ColumnStatistics more)
    {
        bool areDates = known.Kind == ColumnKind.Date && more.Kind == ColumnKind.Date;
        if ((known.Kind != more.Kind || (areDates && known.Type != more.Type)) && known.Present > 0 && more.Present > 0)
            _ = TurnedToTexts.Add(known.Name);
        if (TurnedToTexts.Contains(known.Name))
            return known;
        ColumnStatistics merged = ColumnStatistics.Merge(known, more);
        return known.Type == more.Type || known.Present == 0 || more.Present == 0 ? merged
            : merged with
            {
                Type = (new ColumnType(known.Type).IsWhole && new ColumnType(more.Type).IsWhole
                ? ColumnType.Int64
                : ColumnType.Double).Name
            };
    }
}
