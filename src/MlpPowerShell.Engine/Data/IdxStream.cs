namespace MlpPowerShell.Engine.Data;

/// <summary>Images and labels that stay in their IDX files, which must not be compressed.</summary>
internal sealed class IdxStream : DatasetStream
{
    private const int ImageHeader = 16;
    private const int LabelHeader = 8;

    private readonly string _imagePath;
    private readonly string _labelPath;
    private readonly IReadOnlyList<string> _classNames;
    private readonly int _itemLength;
    private readonly ImageShape _shape;

    /// <exception cref="MlpException">The limit is too low.</exception>
    public IdxStream(string imagePath, string labelPath, IdxFile images, IReadOnlyList<string> classNames, long memoryLimit)
        : base([FileStamp.Of(imagePath), FileStamp.Of(labelPath)], images.Dimensions[0], images.ItemLength + 1 + sizeof(int), memoryLimit)
    {
        _imagePath = imagePath;
        _labelPath = labelPath;
        _classNames = classNames;
        _itemLength = images.ItemLength;
        _shape = new ImageShape(images.Dimensions[1], images.Dimensions[2]);
    }

    protected override MlpDataset Read(ReadOnlySpan<int> blocks)
    {
        int count = 0;
        foreach (int block in blocks)
            count += RowsOf(block);
        var pixels = new byte[count * _itemLength];
        var labels = new byte[count];
        using FileStream imageFile = File.OpenRead(_imagePath), labelFile = File.OpenRead(_labelPath);
        int done = 0;
        foreach (int block in blocks)
        {
            int rows = RowsOf(block);
            imageFile.Position = ImageHeader + ((long)block * BlockRows * _itemLength);
            imageFile.ReadExactly(pixels.AsSpan(done * _itemLength, rows * _itemLength));
            labelFile.Position = LabelHeader + ((long)block * BlockRows);
            labelFile.ReadExactly(labels.AsSpan(done, rows));
            done += rows;
        }

        return new MlpDataset(
            Path.GetFileName(_imagePath),
            pixels,
            Array.ConvertAll(labels, label => (int)label),
            _itemLength,
            _classNames,
            _shape)
        { PictureStyle = PictureStyle.Normalized };
    }
}
