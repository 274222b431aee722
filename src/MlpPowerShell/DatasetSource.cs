using MlpPowerShell.Commands;

namespace MlpPowerShell;

/// <summary>A kind of what Import-MlpDataset reads, and which of its parameters have a meaning there.</summary>
/// <param name="What">What it is, for messages.</param>
/// <param name="Used">The parameters that its reader uses; any other that is given is an error.</param>
internal sealed record DatasetSource(string What, IReadOnlyList<string> Used)
{
    private static readonly string[] _ofTable =
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
        nameof(ImportMlpDatasetCommand.Delimiter),
        nameof(ImportMlpDatasetCommand.NoHeader),
        nameof(ImportMlpDatasetCommand.HasHeader),
        nameof(ImportMlpDatasetCommand.Header),
        nameof(ImportMlpDatasetCommand.SkipLines),
        nameof(ImportMlpDatasetCommand.Comment),
        nameof(ImportMlpDatasetCommand.Encoding),
        nameof(ImportMlpDatasetCommand.Culture),
        nameof(ImportMlpDatasetCommand.DecimalSeparator),
        nameof(ImportMlpDatasetCommand.DateFormat),
        nameof(ImportMlpDatasetCommand.MissingValue),
        nameof(ImportMlpDatasetCommand.Stream),
    ];

    /// <summary>A table that is read whole.</summary>
    public static DatasetSource Table { get; } = new(
        "a table that is read whole", [.. _ofTable, nameof(ImportMlpDatasetCommand.First), nameof(ImportMlpDatasetCommand.Skip)]);

    /// <summary>A table whose rows stay in their file.</summary>
    public static DatasetSource StreamedTable { get; } = new(
        "a table that is streamed", [.. _ofTable, nameof(ImportMlpDatasetCommand.MemoryLimit)]);

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

    /// <summary>All there are.</summary>
    public static IReadOnlyList<DatasetSource> All { get; } = [Table, StreamedTable, NumpyArray, NumpyArchive, PictureFolder];
}
