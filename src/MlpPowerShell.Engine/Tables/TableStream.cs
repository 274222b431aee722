using System.Text;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tables;

/// <summary>Rows that stay in their file of separated values, which must not be compressed.</summary>
internal sealed class TableStream : DatasetStream
{
    private readonly string _path;
    private readonly TableReadOptions _options;
    private readonly TableIndex _index;
    private readonly MlpPreprocessing _preprocessing;
    private readonly ImageShape? _shape;

    private TableStream(string path, TableReadOptions options, TableIndex index, MlpPreprocessing preprocessing, ImageShape? shape, long memoryLimit)
        : base(path, index.Count, BytesPerRow(path, index, preprocessing.FeatureCount), memoryLimit)
    {
        _path = path;
        _options = options;
        _index = index;
        _preprocessing = preprocessing;
        _shape = shape;
    }

    public override string Fingerprint => $"{_path}, {new FileInfo(_path).Length} bytes";

    /// <summary>Opens a file as a data set. Scales and categories are those of a sample of blocks from all over the file, which fits the limit.</summary>
    /// <exception cref="MlpException">The file is compressed, no table, or what <see cref="MlpTable.ToDataset(TableOptions)"/> throws.</exception>
    public static MlpDataset Open(string path, TableReadOptions readOptions, Func<MlpTable, MlpDataset> toDataset, long memoryLimit, CancellationToken cancellation)
    {
        TableIndex index = TableIndex.Of(path, readOptions, cancellation);
        TableReadOptions options = readOptions with { Skip = index.HasHeader ? 0 : 1, First = int.MaxValue };

        // A sample takes text, numbers and features as a chunk does.
        double bytesPerRow = BytesPerRow(path, index, index.Columns);
        int blocks = (int)Math.Clamp(memoryLimit / (2 * bytesPerRow * BlockRows), 1, index.Offsets.Length - 1);
        int[] sample = [.. Enumerable.Range(0, blocks).Select(i => (int)((long)i * (index.Offsets.Length - 1) / blocks))];
        MlpDataset fitted = toDataset(ReadTable(path, options, index, sample));
        var stream = new TableStream(path, options, index, fitted.Preprocessing!, fitted.ImageShape, memoryLimit);
        return MlpDataset.Streamed(stream, fitted, index.Count);
    }

    protected override MlpDataset Read(ReadOnlySpan<int> blocks) => ReadTable(_path, _options, _index, blocks).ToDataset(_preprocessing, _shape);

    private static double BytesPerRow(string path, TableIndex index, int features) =>
        ((double)new FileInfo(path).Length / index.Count) + (index.Columns * sizeof(double)) + (2.0 * features * sizeof(float));

    private static MlpTable ReadTable(string path, TableReadOptions options, TableIndex index, ReadOnlySpan<int> blocks)
    {
        // As a file of the first row and these blocks alone.
        int[] rows = [.. blocks.ToArray().SelectMany(block => Enumerable.Range(block * BlockRows, Math.Min(BlockRows, index.Count - (block * BlockRows))))];
        using var content = new MemoryStream();
        content.Write(index.FirstRow);
        using (FileStream file = File.OpenRead(path))
        {
            foreach (int block in blocks)
            {
                byte[] bytes = new byte[index.Offsets[block + 1] - index.Offsets[block]];
                file.Position = index.Offsets[block];
                file.ReadExactly(bytes);
                content.Write(bytes);
                if (bytes is [.., not (byte)'\n'])
                    content.WriteByte((byte)'\n');
            }
        }

        content.Position = 0;
        using var text = new StreamReader(content, Encoding.UTF8);
        MlpTable table = TableReader.ReadPart(path, text, options, row => $"row {rows[Math.Min(row, rows.Length - 1)] + 1}");
        return table.Count == rows.Length
            ? table
            : throw new MlpException("NotStreamable", MlpErrorKind.InvalidData, $"{path}: some rows after row {rows[0] + 1} do not end where their line does; look for quotes that nothing closes, or read the file without -Stream.");
    }
}
