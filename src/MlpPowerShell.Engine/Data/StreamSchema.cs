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

    /// <summary>A column that turned out to be texts after parts that looked otherwise; null where there is none.</summary>
    public string? TurnedToText { get; private set; }

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
        var samples = new TableSamples(part, options);
        (int[] labels, int[] features, int[] aside) = samples.Places();
        _aside = Array.ConvertAll(aside, place => part.ColumnNames[place]);
        _allNames = [.. part.ColumnNames];
        DataColumn[] labelColumns = samples.ColumnsAt(labels), featureColumns = samples.ColumnsAt(features);
        _features = Merged(_features, featureColumns);
        _labels = Merged(_labels, labelColumns);

        // A number that turns out to be predicted itself has too many texts to keep.
        if (_labels.Length == 1 && _labels[0].Counts is not null)
            _labelTexts = Merged(_labelTexts, [labelColumns[0].Categories]);
    }

    /// <summary>Decides what the samples are for and whether they are images, all rows having been seen.</summary>
    public void Settle()
    {
        var samples = new TableSamples(new MlpTable(path, _allNames), options);
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
            .WithConventions(part.Conventions)
            .WithPlaces(part.PlaceOf);
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
            TurnedToText = known.Name;
        if (TurnedToText is not null)
            return known;
        ColumnStatistics merged = ColumnStatistics.Merge(known, more);
        return known.Type == more.Type || known.Present == 0 || more.Present == 0 ? merged
            : merged with
            {
                Type = (known.Type == ColumnType.Double.Name || more.Type == ColumnType.Double.Name
                ? ColumnType.Double
                : ColumnType.Int64).Name
            };
    }
}
