using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tables;

/// <summary>Rows with named values, as they come from objects or files, on their way to a data set.</summary>
public sealed class MlpTable
{
    private readonly TableColumn[] _columns;
    private readonly NumberStore _numbers;

    /// <summary>Creates a table without rows.</summary>
    /// <param name="name">A name for tables and messages.</param>
    /// <param name="columnNames">The names of the columns.</param>
    /// <exception cref="MlpException">There are no columns, or two of a name.</exception>
    public MlpTable(string name, IReadOnlyList<string> columnNames)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(columnNames);
        Name = name;
        _numbers = new NumberStore(Math.Max(1, columnNames.Count));
        _columns = [.. columnNames.Select((column, i) => new TableColumn(column, i, _numbers))];
        string? twice = columnNames.GroupBy(column => column, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
            throw new MlpException("DuplicateColumn", MlpErrorKind.InvalidData, $"{name}: the column {twice} occurs twice; every column needs a name of its own.");
        if (columnNames.Count == 0)
            throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{name}: there are no columns.");
    }

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>Rows.</summary>
    public int Count => _numbers.Rows;

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> ColumnNames => field ??= Array.ConvertAll(_columns, column => column.Name);

    /// <summary>The name of a data set made of the table.</summary>
    internal string ShortName { get => field ?? Name; init; }

    /// <summary>Whether the file began with the names of the columns.</summary>
    internal bool HasHeader { get; init; }

    /// <summary>Where the rows can be read again, or null.</summary>
    internal TableOrigin? Origin { get; init; }

    /// <summary>Tells where a row came from.</summary>
    internal Func<int, string> PlaceOf { get; init; } = row => $"row {row}";

    /// <summary>The columns that a file declares to be categories, whatever their values look like.</summary>
    internal IReadOnlySet<string> Nominal { get; init; } = new HashSet<string>();

    internal TableColumn[] Columns => _columns;

    /// <summary>Adds a row.</summary>
    /// <param name="values">A value of any simple type for each column.</param>
    /// <exception cref="MlpException">A value is a collection; the row is not added.</exception>
    public void Add(IReadOnlyList<object?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Count, _columns.Length);
        var cells = new Cell[values.Count];
        for (int i = 0; i < cells.Length; i++)
        {
            try
            {
                cells[i] = Cell.Of(values[i]);
            }
            catch (MlpException failure)
            {
                throw At(Count, _columns[i], new MlpException(failure.ErrorId, failure.Kind, $"{failure.Message} Leave the column out with -Exclude '{_columns[i].Name}'."));
            }
        }

        Span<double> row = AddRow();
        for (int i = 0; i < cells.Length; i++)
            row[i] = _columns[i].Add(cells[i]);
    }

    /// <summary>Fits the preprocessing to these rows, and makes a data set of them.</summary>
    /// <exception cref="MlpException">A column is not there, can't be a feature or a label, or lacks values.</exception>
    public MlpDataset ToDataset(TableOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var fit = new TableFit(this, options);
        return ToDataset(fit.Preprocessing, fit.Rows, fit.Shape);
    }

    /// <summary>Makes a data set of these rows with a preprocessing that was fitted to others; without labels where their columns are not there.</summary>
    /// <param name="preprocessing">The preprocessing of a data set or model.</param>
    /// <param name="shape">Height and width where the features are pixels, else null.</param>
    /// <exception cref="MlpException">A column is not there, a value does not fit, or a pixel is none.</exception>
    public MlpDataset ToDataset(MlpPreprocessing preprocessing, ImageShape? shape = null)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        TableColumn? odd = shape is null ? null : preprocessing.Columns.Select(column => Find(column.Name)).FirstOrDefault(column => !column.IsBytes);
        if (odd is not null)
            throw new MlpException("PixelsOutsideBytes", MlpErrorKind.InvalidData, $"{Name}: the column {odd.Name} has values that are no whole numbers from 0 to 255, as pixels are.");
        bool labelled = preprocessing.Labels.All(label => Array.Exists(_columns, column => Same(column.Name, label.Name)));
        return ToDataset(labelled ? preprocessing : preprocessing with { Labels = [] }, [.. Enumerable.Range(0, Count)], shape);
    }

    /// <summary>Begins a row; whoever does gives each column its cell, and puts the numbers that they return here.</summary>
    internal Span<double> AddRow() => _numbers.AddRow();

    /// <summary>The column of a name, whatever its case; or where none has it, of a number from 1, or from -1 backwards.</summary>
    /// <exception cref="MlpException">There is none.</exception>
    internal TableColumn Find(string name)
    {
        if (Array.Find(_columns, column => Same(column.Name, name)) is { } named)
            return named;
        if (int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number != 0 && Math.Abs((long)number) <= _columns.Length)
            return _columns[number > 0 ? number - 1 : _columns.Length + number];
        throw new MlpException("ColumnNotFound", MlpErrorKind.Mismatch, $"{Name}: there is no column {name}; there are {Listing.Of(ColumnNames)}.");
    }

    /// <summary>An error with the place in the table that it is about.</summary>
    internal MlpException At(int row, TableColumn column, MlpException failure) =>
        new(failure.ErrorId, failure.Kind, $"{Name}, {PlaceOf(row)}, column {column.Index + 1} ({column.Name}): {failure.Message}", failure);

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Makes a data set of some rows.</summary>
    internal MlpDataset ToDataset(MlpPreprocessing preprocessing, int[] rows, ImageShape? shape)
    {
        if (rows.Length == 0)
            throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{Name}: there are no rows.");
        long length = (long)rows.Length * preprocessing.FeatureCount;
        if (length > Array.MaxLength)
            throw new MlpException("TableTooLarge", MlpErrorKind.InvalidData, $"{Name}: {rows.Length} rows of {preprocessing.FeatureCount} features are more than one data set can hold.");
        IReadOnlyList<string> classes = preprocessing.ClassNames ?? [];
        int[]? labels = preprocessing.ClassNames is null ? null : Classes(preprocessing.Labels[0], rows);
        MlpDataset dataset = shape is null
            ? new MlpDataset(ShortName, Encode(preprocessing.Columns, rows), labels, preprocessing.FeatureCount, classes)
            : new MlpDataset(ShortName, Pixels(preprocessing.Columns, rows), labels, preprocessing.FeatureCount, classes, shape);
        if (labels is null && preprocessing.Labels.Count > 0)
            dataset = dataset.WithTargets(Encode(preprocessing.Labels, rows), [.. preprocessing.Labels.Select(label => label.Name)]);
        bool isWhole = rows.Length == Count;
        return dataset.WithPreprocessing(preprocessing, isWhole ? Origin : Origin?.Take(rows));
    }

    private float[] Encode(IReadOnlyList<FeatureColumn> columns, int[] rows)
    {
        int width = columns.Sum(column => column.Width);
        var features = new float[rows.Length * width];
        int place = 0;
        foreach (FeatureColumn fitted in columns)
        {
            TableColumn column = Find(fitted.Name);
            for (int i = 0; i < rows.Length; i++)
            {
                try
                {
                    fitted.Encode(column.CellAt(rows[i]), features.AsSpan((i * width) + place, fitted.Width));
                }
                catch (MlpException failure)
                {
                    throw At(rows[i], column, failure);
                }
            }

            place += fitted.Width;
        }

        return features;
    }

    private byte[] Pixels(IReadOnlyList<FeatureColumn> columns, int[] rows)
    {
        int width = columns.Count;
        var pixels = new byte[rows.Length * width];
        int[] sources = [.. columns.Select(column => Find(column.Name).Index)];
        Parallel.ForEach(Partitioner.Create(0, rows.Length), range =>
        {
            for (int i = range.Item1; i < range.Item2; i++)
                CopyPixels(_numbers.Row(rows[i]), sources, pixels.AsSpan(i * width, width));
        });
        return pixels;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyPixels(ReadOnlySpan<double> numbers, int[] sources, Span<byte> pixels)
    {
        for (int j = 0; j < pixels.Length; j++)
            pixels[j] = (byte)numbers[sources[j]];
    }

    private int[] Classes(FeatureColumn label, int[] rows)
    {
        TableColumn column = Find(label.Name);
        var places = label.Categories.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        return Array.ConvertAll(rows, row => column.NameAt(row) is { } name && places.TryGetValue(name, out int place)
            ? place
            : throw At(row, column, new MlpException("UnknownCategory", MlpErrorKind.InvalidData, $"The class is '{column.NameAt(row)}'; known are {Listing.Of(label.Categories)}.")));
    }
}
