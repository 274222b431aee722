using System.IO.Compression;
using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>What a file of samples is.</summary>
public enum DatasetFormat
{
    /// <summary>Rows of separated values by the names of their columns: CSV, TSV and the like.</summary>
    Table,

    /// <summary>Rows of declared columns, as Weka has them.</summary>
    Arff,

    /// <summary>Lines of JSON, an object each.</summary>
    JsonLines,

    /// <summary>Lines of a label and those of the numbered features that are not zero, as LIBSVM and SVMlight have them.</summary>
    Svmlight,

    /// <summary>Arrays of NumPy.</summary>
    Numpy,

    /// <summary>Typed columns in groups of rows, as Apache Parquet has them.</summary>
    Parquet,
}

/// <summary>The formats of files of samples.</summary>
public static class DatasetFormats
{
    /// <summary>
    /// The format of a file, gzipped, alone in a zip archive, or plain: what it holds counts, and the ending of its name where that leaves
    /// it open or the file is not there.
    /// </summary>
    /// <exception cref="MlpException">The file can't be read.</exception>
    public static DatasetFormat Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return File.Exists(path) ? InputFile.ReadPlain(path, file => Of(path, file)) : OfName(path);
    }

    /// <summary>What the names of such files end with, gzipped or not.</summary>
    public static IReadOnlyList<string> EndingsOf(DatasetFormat format) => format switch
    {
        DatasetFormat.Table => [".csv", ".tsv", ".txt", ".zip"],
        DatasetFormat.Arff => [".arff"],
        DatasetFormat.JsonLines => [".jsonl", ".ndjson"],
        DatasetFormat.Svmlight => [".svm", ".libsvm", ".svmlight"],
        DatasetFormat.Numpy => [".npy", ".npz"],
        DatasetFormat.Parquet => [".parquet"],
    };

    /// <summary>Whether a file's name ends as those of samples do: tables, arrays or pictures.</summary>
    internal static bool IsNamed(string path) => PictureFile.Extensions.Contains(InputFile.ExtensionOf(path)) || IsNamedAsTable(path);

    /// <summary>Whether a file's name ends as those of tables or arrays do.</summary>
    internal static bool IsNamedAsTable(string path) => InputFile.ExtensionOf(path) is var ending
        && Enum.GetValues<DatasetFormat>().Any(format => EndingsOf(format).Contains(ending));

    /// <summary>The format of what begins so; separated values where nothing tells.</summary>
    internal static DatasetFormat Of(string name, ReadOnlySpan<byte> head)
    {
        if (head is [0x93, ..] && head[1..].StartsWith("NUMPY"u8))
            return DatasetFormat.Numpy;
        if (ParquetTable.Begins(head))
            return DatasetFormat.Parquet;
        string text;
        try
        {
            var encoding = (Encoding)TextEncodings.Of(name, new TableReadOptions(), head).Clone();
            encoding.DecoderFallback = DecoderFallback.ReplacementFallback;
            using var reader = new StreamReader(new MemoryStream(head.ToArray()), encoding);
            text = reader.ReadToEnd();
        }
        catch (MlpException)
        {
            return DatasetFormat.Table;
        }

        if (ArffReader.Begins(text))
            return DatasetFormat.Arff;
        if (JsonLinesReader.Begins(text))
            return DatasetFormat.JsonLines;
        DatasetFormat named = OfName(name);
        return named == DatasetFormat.Svmlight || (named == DatasetFormat.Table && IsUnnamed(name) && SvmlightReader.Begins(text))
            ? DatasetFormat.Svmlight
            : named == DatasetFormat.Arff ? named : DatasetFormat.Table;
    }

    private static DatasetFormat OfName(string path)
    {
        string ending = InputFile.ExtensionOf(path);
        return Enum.GetValues<DatasetFormat>().FirstOrDefault(format => EndingsOf(format).Contains(ending), DatasetFormat.Table);
    }

    // 1 12:30 may well be a row of values.
    private static bool IsUnnamed(string name) => InputFile.ExtensionOf(name) is not (".csv" or ".tsv");

    private static DatasetFormat Of(string path, Stream file)
    {
        using var whole = new HeadedStream(file);
        if (whole.Head is [0x1F, 0x8B, ..])
        {
            using var unpacked = new HeadedStream(new WholeGzipStream(whole));
            return Of(path, unpacked.Head);
        }

        if (!whole.Head.StartsWith("PK\x03\x04"u8) || !file.CanSeek)
            return Of(path, whole.Head);
        file.Position = 0;
        using var archive = new ZipArchive(file);
        if (archive.Entries.Any(entry => entry.Name.EndsWith(NumpyArray.FileEnding, StringComparison.Ordinal)))
            return DatasetFormat.Numpy;
        if (archive.Entries is not [var only])
            return OfName(path);
        using var content = new HeadedStream(only.Open());
        return Of(only.FullName, content.Head);
    }
}
