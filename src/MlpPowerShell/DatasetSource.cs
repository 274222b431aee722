using MlpPowerShell.Commands;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell;

/// <summary>A kind of what Import-MlpDataset reads, and which of its parameters have a meaning there.</summary>
/// <param name="What">What it is, for messages.</param>
/// <param name="Used">The parameters that its reader uses; any other that is given is an error.</param>
internal sealed record DatasetSource(string What, IReadOnlyList<string> Used)
{
    // What any table has, whatever its format.
    private static readonly string[] _ofTyped =
    [
        nameof(ImportMlpDatasetCommand.Label),
        nameof(ImportMlpDatasetCommand.Feature),
        nameof(ImportMlpDatasetCommand.Exclude),
        nameof(ImportMlpDatasetCommand.Category),
        nameof(ImportMlpDatasetCommand.Task),
        nameof(ImportMlpDatasetCommand.ColumnType),
        nameof(ImportMlpDatasetCommand.Aside),
        nameof(ImportMlpDatasetCommand.ImageShape),
        nameof(ImportMlpDatasetCommand.Like),
    ];

    private static readonly string[] _ofColumns = [.. _ofTyped, nameof(ImportMlpDatasetCommand.Encoding)];

    // How texts write values.
    private static readonly string[] _ofTexts =
    [
        nameof(ImportMlpDatasetCommand.Culture),
        nameof(ImportMlpDatasetCommand.DecimalSeparator),
        nameof(ImportMlpDatasetCommand.DateFormat),
        nameof(ImportMlpDatasetCommand.MissingValue),
    ];

    private static readonly string[] _ofRows = [nameof(ImportMlpDatasetCommand.First), nameof(ImportMlpDatasetCommand.Skip)];

    private static readonly string[] _ofSeparated =
    [
        .. _ofColumns,
        .. _ofTexts,
        nameof(ImportMlpDatasetCommand.Delimiter),
        nameof(ImportMlpDatasetCommand.NoHeader),
        nameof(ImportMlpDatasetCommand.HasHeader),
        nameof(ImportMlpDatasetCommand.Header),
        nameof(ImportMlpDatasetCommand.SkipLines),
        nameof(ImportMlpDatasetCommand.Comment),
    ];

    /// <summary>A table that is read whole.</summary>
    public static DatasetSource Table { get; } = new(
        "a table that is read whole", [.. _ofSeparated, .. _ofRows, nameof(ImportMlpDatasetCommand.Stream)]);

    /// <summary>A table whose rows stay in their file.</summary>
    public static DatasetSource StreamedTable { get; } = new(
        "a table that is streamed",
        [.. _ofSeparated, nameof(ImportMlpDatasetCommand.Stream), nameof(ImportMlpDatasetCommand.MemoryLimit)]);

    /// <summary>Several tables that are read as one.</summary>
    public static DatasetSource Tables { get; } = new(
        "several files that are read as one", [.. _ofSeparated, nameof(ImportMlpDatasetCommand.FeatureCount)]);

    /// <summary>A table of declared columns.</summary>
    public static DatasetSource Arff { get; } = new("an ARFF file, which declares its columns", [.. _ofColumns, .. _ofRows]);

    /// <summary>Lines of JSON.</summary>
    public static DatasetSource JsonLines { get; } = new("lines of JSON", [.. _ofColumns, .. _ofTexts, .. _ofRows]);

    /// <summary>Rows that leave out zeros.</summary>
    public static DatasetSource Svmlight { get; } = new(
        "a file of LIBSVM or SVMlight", [.. _ofColumns, .. _ofRows, nameof(ImportMlpDatasetCommand.FeatureCount)]);

    /// <summary>Typed columns in groups of rows.</summary>
    public static DatasetSource Parquet { get; } = new("a Parquet file, whose values have types", [.. _ofTyped, .. _ofRows]);

    /// <summary>One array of NumPy's.</summary>
    public static DatasetSource NumpyArray { get; } = new(
        "an .npy file",
        [nameof(ImportMlpDatasetCommand.LabelPath), nameof(ImportMlpDatasetCommand.First), nameof(ImportMlpDatasetCommand.Skip)]);

    /// <summary>An archive of NumPy's arrays.</summary>
    public static DatasetSource NumpyArchive { get; } = new(
        "an .npz file",
        [
            nameof(ImportMlpDatasetCommand.Label),
            nameof(ImportMlpDatasetCommand.Feature),
            nameof(ImportMlpDatasetCommand.First),
            nameof(ImportMlpDatasetCommand.Skip),
        ]);

    /// <summary>A folder in which each folder of pictures is a class.</summary>
    public static DatasetSource PictureFolder { get; } = new(
        "a folder of pictures",
        [
            nameof(ImportMlpDatasetCommand.ImageShape),
            nameof(ImportMlpDatasetCommand.Like),
            nameof(ImportMlpDatasetCommand.Normalize),
        ]);

    /// <summary>What a table of a format that is read whole is.</summary>
    public static DatasetSource Of(DatasetFormat format) => format switch
    {
        DatasetFormat.Table => Table,
        DatasetFormat.Arff => Arff,
        DatasetFormat.JsonLines => JsonLines,
        DatasetFormat.Svmlight => Svmlight,
        DatasetFormat.Numpy => NumpyArray,
        DatasetFormat.Parquet => Parquet,
    };

    /// <summary>All there are.</summary>
    public static IReadOnlyList<DatasetSource> All { get; } =
        [Table, StreamedTable, Tables, Arff, JsonLines, Svmlight, Parquet, NumpyArray, NumpyArchive, PictureFolder];
}
