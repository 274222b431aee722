using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>Rows with named values, as they come from objects or files, on their way to a data set.</summary>
public sealed class MlpTable
{
    private readonly List<object?>[] _values;
    private readonly Func<string, ColumnKind?>? _kindOf;
    private ReadColumn[]? _columns;

    /// <summary>Creates a table without rows.</summary>
    /// <param name="name">A name for tables and messages.</param>
    /// <param name="columnNames">The names of the columns.</param>
    /// <param name="kindOf">
    /// Tells what the values of a column are to be taken for; null, or where it gives null, for what they look like.
    /// </param>
    /// <exception cref="MlpException">There are no columns, or two of a name.</exception>
    public MlpTable(string name, IReadOnlyList<string> columnNames, Func<string, ColumnKind?>? kindOf = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(columnNames);
        CheckNames(name, columnNames);
        Name = name;
        ColumnNames = columnNames.ToArray();
        _kindOf = kindOf;
        _values = [.. columnNames.Select(_ => new List<object?>())];
    }

    /// <summary>A table of the values of a file, which are read already, and not copied.</summary>
    /// <exception cref="MlpException">There are no columns, or two of a name.</exception>
    internal MlpTable(
        RowSource source, IReadOnlyList<string> columnNames, IReadOnlyList<List<object?>> values, IReadOnlyList<int> lines)
        : this(source, columnNames.ToArray(), lines)
    {
        CheckNames(Name, ColumnNames);
        _values = [.. values];
    }

    /// <summary>A table of the columns of a file, which are read already.</summary>
    internal MlpTable(RowSource source, ReadColumn[] columns, IReadOnlyList<int> lines)
        : this(source, Array.ConvertAll(columns, column => column.Column.Name), lines) => _columns = columns;

    /// <summary>A table whose columns are read already.</summary>
    internal MlpTable(string name, ReadColumn[] columns, Func<string, ColumnKind?>? kindOf)
    {
        Name = name;
        ColumnNames = Array.ConvertAll(columns, column => column.Column.Name);
        _kindOf = kindOf;
        _values = [];
        _columns = columns;
    }

    private MlpTable(RowSource source, string[] columnNames, IReadOnlyList<int> lines)
    {
        Dictionary<string, ColumnKind> kinds = source.KindsOf(columnNames);
        Name = source.Path;
        ColumnNames = columnNames;
        _kindOf = name => kinds.TryGetValue(name, out ColumnKind kind) ? kind : null;
        _values = [];
        ShortName = InputFile.NameOf(source.Path);
        Source = source.LineOf is null ? new TableSource(Path.GetFullPath(source.Path), source.Options, kinds) : null;
        PlaceOf = row => $"line {source.LineOf?.Invoke(lines[row]) ?? lines[row]}";
        Conventions = source.Options.Conventions;
    }

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>Rows.</summary>
    public int Count => _columns is null ? _values[0].Count : _columns[0].Column.Count;

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> ColumnNames { get; }

    /// <summary>The name of a data set made of the table.</summary>
    internal string ShortName { get => field ?? Name; init; }

    /// <summary>Whether the file began with the names of the columns.</summary>
    internal bool HasHeader { get; init; }

    /// <summary>How the values are written that are texts; null where nobody said so.</summary>
    public TextConventions? Conventions { get; init; }

    /// <summary>What is worth a warning about how the values were read, each a sentence.</summary>
    public IReadOnlyList<MlpMessage> Warnings { get; internal init; } = [];

    /// <summary>The same with what the values of columns told.</summary>
    internal TextConventions? AllConventions => Array.Exists(Columns, column => column.Found is not null)
        ? (Conventions ?? new TextConventions()).With(FoundConventions)
        : Conventions;

    /// <summary>How the columns are written whose values told.</summary>
    internal IEnumerable<(string Column, TextConventions Found)> FoundConventions =>
        Columns.Where(column => column.Found is not null).Select(column => (column.Column.Name, column.Found!));

    /// <summary>Lines of the file before its first row.</summary>
    internal int LinesBefore { get; init; }

    /// <summary>What separates the values of the file.</summary>
    internal char Delimiter { get; init; }

    /// <summary>The column of the rows' names, which is no feature; null where there is none.</summary>
    internal string? RowNames { get; init; }

    /// <summary>Where the rows can be read again, or null.</summary>
    internal TableSource? Source { get; init; }

    /// <summary>The columns as they were read.</summary>
    internal IReadOnlyList<ReadColumn> ReadAs => Columns;

    /// <summary>Tells where a row came from.</summary>
    internal Func<int, string> PlaceOf { get; init; } = row => $"row {row + 1}";

    /// <summary>The column to predict unless another is named, where the format of the file knows one; null elsewhere.</summary>
    internal string? DefaultLabel { get; init; }

    /// <summary>The number of the first feature where features are numbered in the file; null elsewhere.</summary>
    internal int? FirstFeature { get; init; }

    /// <summary>How much each row counts; null where all count alike.</summary>
    internal float[]? Weights { get; init; }

    /// <summary>Whether a table can hold a value: no collection, and no object that only its properties tell apart.</summary>
    public static bool IsValue(object? value) => ObjectColumns.IsValue(value);

    /// <summary>Adds a row.</summary>
    /// <param name="values">A value of any simple type for each column.</param>
    /// <exception cref="MlpException">A value is a collection; the row is not added.</exception>
    public void Add(IReadOnlyList<object?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Count, _values.Length);
        for (int i = 0; i < _values.Length; i++)
        {
            if (!ObjectColumns.IsValue(values[i]))
                throw At(Count, i, ObjectColumns.NotAValue(values[i], ColumnNames[i]));
        }

        _columns = null;
        for (int i = 0; i < _values.Length; i++)
            _values[i].Add(values[i]);
    }

    /// <summary>Makes a data set of these rows.</summary>
    /// <exception cref="MlpException">A column is not there, can't be a feature or a label, or lacks values.</exception>
    public MlpDataset ToDataset(TableOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new TableSamples(this, options).ToDataset();
    }

    /// <summary>The column of a name, whatever its case; or where none has it, of a number from 1, or from -1 backwards.</summary>
    /// <returns>Its place, from 0.</returns>
    /// <exception cref="MlpException">There is none.</exception>
    internal int Find(string name)
    {
        if (NearestName.Find(ColumnNames, name) is >= 0 and int found)
            return found;
        if (int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            && number != 0
            && Math.Abs((long)number) <= ColumnNames.Count)
        {
            return number > 0 ? number - 1 : ColumnNames.Count + number;
        }

        throw new MlpException(
            "ColumnNotFound",
            MlpErrorKind.Mismatch,
            $"{Name}: there is no column {name}{NearestName.Hint(ColumnNames, name)}; there are {Listing.Of(ColumnNames)}.");
    }

    /// <summary>The column at a place, as what it was asked to be.</summary>
    /// <exception cref="MlpException">A value can't be that.</exception>
    internal DataColumn ColumnAt(int place)
    {
        ReadColumn read = Columns[place];
        string name = ColumnNames[place];
        ColumnKind? asked = KindOf(name);
        if (read.Unreadable is { } values)
        {
            throw new MlpException(
                "UnreadableColumn",
                MlpErrorKind.InvalidData,
                $"{Name}: the column {name} holds {values}. Leave it out{Hint.For(name, nameof(TableOptions.IsFeature))}.");
        }

        if (asked is null && read.OddRow is { } row)
        {
            // Only readers of files can be told of such texts.
            MlpMessage missing = string.Empty;
            if (row == 0 && Source is { Options: { Header: not null, HasHeader: null } })
                missing = $"say that the first line has names and is to be left out{Hint.With(nameof(TableReadOptions.HasHeader))}, ";
            else if (Source is not null)
                missing = $"say that it stands for none{Hint.With(nameof(TextConventions.MissingValues), $"'{read.OddText}'")}, ";
            throw At(row, place, new MlpException(
                "NotANumber",
                MlpErrorKind.InvalidData,
                $"'{read.OddText}' is no number, as most values of the column are. Correct it, {missing}"
                + $"or take all of them as texts{Hint.For(name, nameof(TableReadOptions.KindOf), ColumnKind.Category)}."));
        }

        if (asked is null)
            return read.Column;
        if (read.OddRow is { } odd && asked != ColumnKind.Category)
        {
            throw At(
                odd,
                place,
                new MlpException(
                    "WrongKind", MlpErrorKind.InvalidData, $"'{read.OddText}' is no {asked.Value.ToString().ToLowerInvariant()}."));
        }

        return read.Column.As(asked.Value, TextFormats.Of(Conventions, name));
    }

    /// <summary>An error with the place in the table that it is about.</summary>
    internal MlpException At(int row, int column, MlpException failure) =>
        new(failure.ErrorId, failure.Kind, $"{Name}, {PlaceOf(row)}, column {column + 1} ({ColumnNames[column]}): {failure.Text}", failure);

    /// <summary>Checks that columns have names of their own.</summary>
    /// <exception cref="MlpException">There are no columns, or two of a name.</exception>
    internal static void CheckNames(string table, IReadOnlyList<string> names)
    {
        string? twice = names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new MlpException(
                "DuplicateColumn",
                MlpErrorKind.InvalidData,
                $"{table}: the column {twice} occurs twice; every column needs a name of its own.");
        }

        if (names.Count == 0)
            throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{table}: there are no columns.");
    }

    private ReadColumn[] Columns => _columns ??= ReadColumns();

    private ReadColumn[] ReadColumns()
    {
        ReadColumn[] read = ReadColumn.Settled([.. _values.Select((_, place) => Read(place, Conventions))]);
        return [.. read.Select((column, place) => column.NeedsComma ? Read(place, TextConventions.WithComma(Conventions)) : column)];
    }

    private ReadColumn Read(int place, TextConventions? conventions)
    {
        string name = ColumnNames[place];
        return ObjectColumns.Of(name, _values[place], KindOf(name) == ColumnKind.Category, TextFormats.Of(conventions, name));
    }

    private ColumnKind? KindOf(string name) => _kindOf?.Invoke(name);
}
