namespace MlpPowerShell.Engine.Data;

/// <summary>What a file of samples is, as the ending of its name tells.</summary>
public enum DatasetFormat
{
    /// <summary>Rows of values by the names of their columns: CSV, TSV and the like, ARFF.</summary>
    Table,

    /// <summary>Arrays of NumPy.</summary>
    Numpy,
}

/// <summary>The formats of files of samples.</summary>
public static class DatasetFormats
{
    /// <summary>The format of a file, gzipped or not; a table where its name tells nothing.</summary>
    public static DatasetFormat Of(string path)
    {
        string ending = InputFile.ExtensionOf(path);
        return Enum.GetValues<DatasetFormat>().FirstOrDefault(format => EndingsOf(format).Contains(ending), DatasetFormat.Table);
    }

    /// <summary>What the names of such files end with, gzipped or not.</summary>
    public static IReadOnlyList<string> EndingsOf(DatasetFormat format) => format switch
    {
        DatasetFormat.Table => [".csv", ".tsv", ".txt", ".arff"],
        DatasetFormat.Numpy => [".npy", ".npz"],
    };
}
