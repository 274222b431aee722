namespace MlpPowerShell.Engine.Data;

/// <summary>Finds out which columns of a table are features and which are to be predicted.</summary>
internal sealed class TableSamples
{
    /// <summary>The most whole numbers that count as classes unless something else is asked for.</summary>
    private const int MaxNumberedClasses = 20;

    /// <summary>The fewest columns of bytes that are taken for an image unless its shape is given.</summary>
    private const int FewestPixels = 64;

    private static readonly string[] _usualLabels = ["label", "class", "target", "y"];

    private readonly MlpTable _table;
    private readonly TableOptions _options;

    public TableSamples(MlpTable table, TableOptions options)
    {
        _table = table;
        _options = options;
    }

    /// <summary>Makes the data set.</summary>
    /// <exception cref="MlpException">A column is not there, can't be a feature or a label, or has values that are none.</exception>
    public MlpDataset ToDataset()
    {
        (int[] labelPlaces, int[] featurePlaces, int[] asidePlaces) = Places();
        DataColumn[] labels =
            ColumnsAt(labelPlaces), features = ColumnsAt(featurePlaces), aside = Array.ConvertAll(asidePlaces, _table.ColumnAt);
        MlpTask task = TaskOf(Array.ConvertAll(labels, label => ColumnStatistics.Of(label)));
        ImageShape? shape = ShapeOf(features.Length, i => LargestByte(features[i]));
        TableOrigin? origin = _table.Source?.OriginOf(NamesOf(labels), NamesOf(features), NamesOf(aside), task, shape);
        MlpDataset data =
            Assemble(_table.ShortName, features, labels, task, shape, aside, origin).WithConventions(_table.AllConventions);
        return _table.Weights is { } weights ? data.WithSampleWeights(weights) : data;
    }

    /// <summary>Makes a data set of columns of which it is known what they mean.</summary>
    public static MlpDataset Assemble(
        string name, DataColumn[] features, DataColumn[] labels, MlpTask task, ImageShape? images, DataColumn[] aside, TableOrigin? origin)
    {
        if (images is not { } shape)
            return new MlpDataset(name, features, labels, task) { AsideColumns = aside, Origin = origin };
        return new MlpDataset(name, Pixels(name, features), null, features.Length, [], shape)
        {
            FeatureNames = NamesOf(features),
            AsideColumns = aside,
            Origin = origin,
        }.WithLabels(labels, task);
    }

    /// <summary>The places of labels, features and columns that go along.</summary>
    internal (int[] Labels, int[] Features, int[] Aside) Places()
    {
        if (_table.Count == 0)
            throw RowSource.NoRows(_table.Name, _table.Source?.Options);
        int[] labels = _options.Label.Count > 0 ? [.. _options.Label.Select(_table.Find).Distinct()] : UsualLabel();
        int[] others = [.. Enumerable.Range(0, _table.ColumnNames.Count).Except(labels)];
        int[] aside = Array.FindAll(others, place =>
            _table.ColumnNames[place] == _table.RowNames || (_options.IsAside?.Invoke(_table.ColumnNames[place]) ?? false));
        int[] features = [.. others.Except(aside).Where(place => _options.IsFeature?.Invoke(_table.ColumnNames[place]) ?? true)];
        return features.Length > 0 ? (labels, features, aside)
            : throw new MlpException(
                "NoFeatures",
                MlpErrorKind.InvalidArgument,
                $"{_table.Name}: no column is left to be a feature; there are {Listing.Of(_table.ColumnNames)}.");
    }

    /// <summary>The columns at some places, all of whose numbers are finite.</summary>
    internal DataColumn[] ColumnsAt(int[] places) => Array.ConvertAll(places, place =>
    {
        DataColumn column = _table.ColumnAt(place);
        CheckFinite(column, place);
        return column;
    });

    /// <summary>
    /// The column that the file's format has for it, or the one that has a name which labels usually have; of data to predict for none
    /// that is a feature.
    /// </summary>
    private int[] UsualLabel()
    {
        int[] usual = [.. Enumerable.Range(0, _table.ColumnNames.Count).Where(place => IsUsual(_table.ColumnNames[place]))];
        if (usual.Length == 1)
            return usual;
        return _options.LabelIsOptional ? []
            : throw new MlpException(
                "LabelMissing",
                MlpErrorKind.InvalidArgument,
                $"{_table.Name}: name the column to predict{Hint.With(nameof(TableOptions.Label))}; there are "
                + $"{Listing.Of(_table.ColumnNames)}.");
    }

    private bool IsUsual(string name)
    {
        bool isLabel = _table.DefaultLabel is { } label ? name == label : _usualLabels.Contains(name, StringComparer.OrdinalIgnoreCase);
        return isLabel && !(_options.LabelIsOptional && (_options.IsFeature?.Invoke(name) ?? true));
    }

    /// <summary>What the samples are for.</summary>
    /// <exception cref="MlpException">The labels can't be that.</exception>
    internal MlpTask TaskOf(ColumnStatistics[] labels)
    {
        MlpTask task = _options.Task != MlpTask.Auto ? _options.Task
            : labels.Length > 1 ? (Array.TrueForAll(labels, IsFlag) ? MlpTask.MultiLabel : MlpTask.Regression)
            : labels.Length == 0 || IsClass(labels[0]) ? MlpTask.Classification : MlpTask.Regression;
        CheckLabels(labels, task);
        return task;
    }

    /// <summary>Whether what there is to predict is one of a few names: texts, flags, or few whole numbers.</summary>
    internal static bool IsClass(ColumnStatistics label) =>
        label.Kind is ColumnKind.Category or ColumnKind.Boolean
            || (label.Kind == ColumnKind.Number && label.IsWhole && label.Counts?.Count <= MaxNumberedClasses);

    private static bool IsFlag(ColumnStatistics label) =>
        label.Kind == ColumnKind.Boolean
            || (label.Kind == ColumnKind.Number && (label.Present == 0 || (label.IsWhole && label.Minimum >= 0 && label.Maximum <= 1)));

    private void CheckLabels(ColumnStatistics[] labels, MlpTask task)
    {
        if (task == MlpTask.Classification && labels.Length > 1)
        {
            throw new MlpException(
                "TooManyLabels",
                MlpErrorKind.InvalidArgument,
                $"{_table.Name}: classification has one label, and there are {labels.Length}; several that each hold or don't are "
                + $"another task, to choose{Hint.With(nameof(TableOptions.Task), MlpTask.MultiLabel)}.");
        }

        if (task == MlpTask.MultiLabel && Array.Find(labels, label => !IsFlag(label)) is { } other)
        {
            throw new MlpException(
                "LabelIsNoFlag",
                MlpErrorKind.InvalidData,
                $"{_table.Name}: the column {other.Name} is to be one of several labels, and has values that are neither true or "
                + $"false nor 1 or 0.");
        }

        if (task == MlpTask.Regression && Array.Find(labels, label => label.Kind == ColumnKind.Category) is { } text)
        {
            throw new MlpException(
                "TargetIsText",
                MlpErrorKind.InvalidData,
                $"{_table.Name}: the column {text.Name} holds texts such as '{text.Counts!.Keys.FirstOrDefault()}', and numbers are "
                + $"needed to predict numbers. Make it a "
                    + $"classification{Hint.With(nameof(TableOptions.Task), MlpTask.Classification)}, or choose another "
                        + $"label{Hint.With(nameof(TableOptions.Label))}.");
        }
    }

    private void CheckFinite(DataColumn column, int place)
    {
        if (column.Kind != ColumnKind.Number)
            return;
        for (int row = 0; row < column.Count; row++)
        {
            if (double.IsInfinity(column.NumberAt(row)))
            {
                throw _table.At(
                    row,
                    place,
                    new MlpException(
                        "NotFinite", MlpErrorKind.InvalidData, "The value is infinite; features and targets are finite numbers."));
            }
        }
    }

    /// <summary>The shape that was asked for; or a square, where all features are bytes, many, and up to 255.</summary>
    /// <param name="features">How many features there are.</param>
    /// <param name="largestByte">The largest number of each, where all of them are bytes; else -1.</param>
    internal ImageShape? ShapeOf(int features, Func<int, int> largestByte)
    {
        var square = ImageShape.SquareOf(features);
        int[] largest = _options.ImageShape is not null || (features >= FewestPixels && square is not null)
            ? [.. Enumerable.Range(0, features).Select(largestByte)]
            : [-1];
        bool bytes = Array.TrueForAll(largest, value => value >= 0);
        if (_options.ImageShape is not { } shape)
            return bytes && largest.Contains(byte.MaxValue) ? square : null;
        if ((long)shape.Height * shape.Width != features)
        {
            throw new MlpException(
                "ImageShapeMismatch",
                MlpErrorKind.Mismatch,
                $"{_table.Name}: images of {shape} pixels have {(long)shape.Height * shape.Width} features, and there are {features}.");
        }

        return bytes
            ? shape
            : throw new MlpException(
                "PixelsOutsideBytes",
                MlpErrorKind.InvalidData,
                $"{_table.Name}: with an image shape, all features must be whole numbers from 0 to 255, and none missing.");
    }

    /// <summary>The largest of the numbers that a column comes to, where all are bytes; else -1.</summary>
    internal static int LargestByte(ColumnStatistics column) =>
        column is { Kind: ColumnKind.Number, IsWhole: true, MissingCount: 0, Minimum: >= 0, Maximum: <= byte.MaxValue }
            ? (int)column.Maximum
            : -1;

    /// <summary>The largest of a column's numbers, where all are bytes; else -1.</summary>
    private static int LargestByte(DataColumn column)
    {
        if (column.Kind != ColumnKind.Number || column.MissingCount > 0)
            return -1;
        int largest = 0;
        Span<double> part = stackalloc double[256];
        for (int start = 0; start < column.Count; start += part.Length)
        {
            Span<double> now = part[..Math.Min(part.Length, column.Count - start)];
            column.CopyNumbers(start, now);
            foreach (double number in now)
            {
                if (number != (byte)number)
                    return -1;
                largest = Math.Max(largest, (int)number);
            }
        }

        return largest;
    }

    private static string[] NamesOf(DataColumn[] columns) => Array.ConvertAll(columns, column => column.Name);

    private static byte[] Pixels(string name, DataColumn[] columns)
    {
        const int Rows = 256;
        int width = columns.Length, count = columns[0].Count;
        if ((long)count * width > Array.MaxLength)
        {
            throw new MlpException(
                "TableTooLarge", MlpErrorKind.InvalidData, $"{name}: {count} rows of {width} pixels are more than one data set can hold.");
        }

        var pixels = new byte[count * width];
        System.Threading.Tasks.Parallel.For(0, (count + Rows - 1) / Rows, block =>
        {
            var numbers = new double[Rows];
            int start = block * Rows, rows = Math.Min(Rows, count - start);
            for (int j = 0; j < width; j++)
            {
                columns[j].CopyNumbers(start, numbers.AsSpan(0, rows));
                for (int i = 0; i < rows; i++)
                    pixels[((start + i) * width) + j] = (byte)numbers[i];
            }
        });
        return pixels;
    }
}
