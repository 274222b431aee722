using MathNet.Numerics.Statistics;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tables;

/// <summary>Finds out from the rows of a table how they become samples.</summary>
internal sealed class TableFit
{
    /// <summary>The most whole numbers that count as classes unless something else is asked for.</summary>
    private const int MaxNumberedClasses = 20;

    /// <summary>The fewest columns of bytes that are taken for an image unless its shape is given.</summary>
    private const int FewestPixels = 64;

    private static readonly string[] _usualLabels = ["label", "class", "target", "y"];

    private readonly MlpTable _table;
    private readonly TableOptions _options;

    /// <summary>Fits to a table.</summary>
    /// <exception cref="MlpException">A column is not there, can't be a feature or a label, or lacks values.</exception>
    public TableFit(MlpTable table, TableOptions options)
    {
        _table = table;
        _options = options;
        TableColumn[] labels = options.Label.Count > 0 ? [.. options.Label.Select(table.Find)] : [UsualLabel()];
        TableColumn[] features = [.. table.Columns.Except(labels).Where(column => options.IsFeature?.Invoke(column.Name) ?? true)];
        if (features.Length == 0)
            throw new MlpException("NoFeatures", MlpErrorKind.InvalidArgument, $"{table.Name}: no column is left to be a feature; there are {Listing.Of(table.ColumnNames)}.");
        if (table.Count == 0)
            throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{table.Name}: there are no rows.");
        Rows = [.. Enumerable.Range(0, table.Count).Where(row => options.Missing != MissingValues.Drop || !features.Concat(labels).Any(column => column.IsMissing(row)))];
        if (Rows.Length == 0)
            throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{table.Name}: there are no complete rows.");
        Shape = ShapeOf(features);
        Preprocessing = new MlpPreprocessing { Columns = features.Select(FitFeature).ToArray(), Labels = FitLabels(labels) };
    }

    public MlpPreprocessing Preprocessing { get; }

    /// <summary>The rows to use.</summary>
    public int[] Rows { get; }

    /// <summary>Height and width where the features are pixels.</summary>
    public ImageShape? Shape { get; }

    /// <summary>The one column that has a name which labels usually have; where categories are declared, also the last if it is one.</summary>
    private TableColumn UsualLabel()
    {
        TableColumn[] usual = [.. _table.Columns.Where(column => _usualLabels.Contains(column.Name, StringComparer.OrdinalIgnoreCase))];
        if (usual.Length == 1)
            return usual[0];
        return _table.Nominal.Contains(_table.Columns[^1].Name)
            ? _table.Columns[^1]
            : throw new MlpException("LabelMissing", MlpErrorKind.InvalidArgument, $"{_table.Name}: name the column to predict with -Label; there are {Listing.Of(_table.ColumnNames)}.");
    }

    private FeatureColumn FitFeature(TableColumn column)
    {
        if (Shape is not null)
            return new FeatureColumn { Name = column.Name, Factor = 1 / 255.0, Minimum = 0, Maximum = 255 };
        if (IsCategory(column))
            return FitCategories(column);
        double[] numbers = Numbers(column);
        var fitted = new FeatureColumn
        {
            Name = column.Name,
            Kind = column.Kind!.Value,
            Fill = _options.Missing switch
            {
                MissingValues.Mean => numbers.Mean(),
                MissingValues.Median => numbers.Median(),
                _ => null,
            },
            MissingCount = Rows.Count(column.IsMissing),
            Minimum = numbers.Min(),
            Maximum = numbers.Max(),
        };
        return Scaled(fitted, numbers);
    }

    private FeatureColumn FitCategories(TableColumn column)
    {
        string[] names = [.. Rows.Select(column.NameAt).OfType<string>()];
        string[] categories = ArrayDataset.Classes(names);
        int missing = Rows.Length - names.Length;
        if (categories.Length > _options.MaxCategories)
        {
            throw new MlpException(
                "TooManyCategories",
                MlpErrorKind.InvalidArgument,
                $"{_table.Name}: the column {column.Name} has {categories.Length} different texts in {Rows.Length} rows, more than the {_options.MaxCategories} that a category may have: {Listing.Of(categories)}. Leave it out with -Exclude '{column.Name}', or allow it with -MaxCategories {categories.Length}.");
        }

        bool fills = _options.Missing is MissingValues.Mean or MissingValues.Median;
        return new FeatureColumn
        {
            Name = column.Name,
            Kind = ColumnKind.Category,
            Categories = categories,
            FillCategory = fills ? names.GroupBy(name => name).MaxBy(group => group.Count())!.Key : null,
            MissingCount = missing,
        };
    }

    private FeatureColumn[] FitLabels(TableColumn[] labels)
    {
        foreach (TableColumn label in labels)
        {
            int row = Array.FindIndex(Rows, label.IsMissing);
            if (row >= 0)
                throw _table.At(Rows[row], label, new MlpException("MissingLabel", MlpErrorKind.InvalidData, "The label is missing. Leave such rows out with -Missing Drop."));
        }

        return TaskOf(labels) switch
        {
            MlpTask.Classification => [FitClass(labels)],
            MlpTask.MultiLabel => [.. labels.Select(FitFlag)],
            _ => [.. labels.Select(FitTarget)],
        };
    }

    private MlpTask TaskOf(TableColumn[] labels)
    {
        if (_options.Task != MlpTask.Auto)
            return _options.Task;
        if (labels.Length > 1)
            return labels.All(IsFlag) ? MlpTask.MultiLabel : MlpTask.Regression;
        if (IsCategory(labels[0], label: true) || labels[0].Kind == ColumnKind.Boolean)
            return MlpTask.Classification;
        double[] different = [.. Numbers(labels[0]).Distinct().Take(MaxNumberedClasses + 1)];
        return labels[0].Kind == ColumnKind.Number && different.Length <= MaxNumberedClasses && different.All(double.IsInteger) ? MlpTask.Classification : MlpTask.Regression;
    }

    private FeatureColumn FitClass(TableColumn[] labels)
    {
        if (labels.Length > 1)
            throw new MlpException("TooManyLabels", MlpErrorKind.InvalidArgument, $"{_table.Name}: classification has one label, and there are {labels.Length}; use -Task MultiLabel for several that each hold or don't.");
        string[] classes = ArrayDataset.Classes(Rows.Select(labels[0].NameAt).OfType<string>());
        if (classes.Length < 2)
            throw new MlpException("OneClass", MlpErrorKind.InvalidData, $"{_table.Name}: the label {labels[0].Name} is '{classes.FirstOrDefault()}' in every row; there is nothing to tell apart.");
        if (classes.Length > Rows.Length / 2 && classes.Length > _options.MaxCategories)
        {
            throw new MlpException(
                "TooManyCategories",
                MlpErrorKind.InvalidArgument,
                $"{_table.Name}: the label {labels[0].Name} has {classes.Length} different values in {Rows.Length} rows: {Listing.Of(classes)}. To predict numbers use -Task Regression; texts that hardly recur can't be learned, so choose another -Label.");
        }

        return new FeatureColumn { Name = labels[0].Name, Kind = ColumnKind.Category, Categories = classes };
    }

    private FeatureColumn FitFlag(TableColumn label) => IsFlag(label)
        ? new FeatureColumn { Name = label.Name, Kind = label.Kind!.Value, Minimum = 0, Maximum = 1 }
        : throw new MlpException("LabelIsNoFlag", MlpErrorKind.InvalidData, $"{_table.Name}: the column {label.Name} is to be one of several labels, and has values that are neither true or false nor 1 or 0.");

    private FeatureColumn FitTarget(TableColumn label)
    {
        if (label.Kind == ColumnKind.Category)
            throw new MlpException("TargetIsText", MlpErrorKind.InvalidData, $"{_table.Name}: the column {label.Name} holds texts such as '{label.NameAt(Rows[0])}', and numbers are needed to predict numbers. Use -Task Classification, or another -Label.");
        double[] numbers = Numbers(label);
        return Scaled(new FeatureColumn { Name = label.Name, Kind = label.Kind!.Value, Minimum = numbers.Min(), Maximum = numbers.Max() }, numbers);
    }

    private FeatureColumn Scaled(FeatureColumn column, double[] numbers)
    {
        (double shift, double range) = (_options.ScalingOf?.Invoke(column.Name) ?? _options.Scaling) switch
        {
            FeatureScaling.Standard => (numbers.Mean(), numbers.PopulationStandardDeviation()),
            FeatureScaling.MinMax => (numbers.Min(), numbers.Max() - numbers.Min()),
            _ => (0, 1),
        };

        // A column that never varies is shifted alone.
        return column with { Shift = shift, Factor = range > 1e-12 * Math.Abs(shift) ? 1 / range : 1 };
    }

    /// <summary>The numbers of a column, without what is missing.</summary>
    private double[] Numbers(TableColumn column)
    {
        var numbers = new List<double>(Rows.Length);
        foreach (int row in Rows)
        {
            double number = column.NumberAt(row);
            if (double.IsInfinity(number))
                throw _table.At(row, column, new MlpException("NotFinite", MlpErrorKind.InvalidData, "The value is infinite; features and targets are finite numbers."));
            if (!double.IsNaN(number))
                numbers.Add(number);
        }

        return [.. numbers];
    }

    private bool IsFlag(TableColumn column) => column.Kind == ColumnKind.Boolean || (column.Kind == ColumnKind.Number && column.IsBytes && column.Largest <= 1);

    private bool IsCategory(TableColumn column, bool label = false)
    {
        if (column.IsEmpty)
            throw new MlpException("EmptyColumn", MlpErrorKind.InvalidData, $"{_table.Name}: the column {column.Name} has no values{(label ? string.Empty : $"; leave it out with -Exclude '{column.Name}'")}.");
        if (_table.Nominal.Contains(column.Name) || (_options.IsCategory?.Invoke(column.Name) ?? false))
            return true;
        if (column.Kind == ColumnKind.Category && column.FirstOddRow is { } row)
        {
            throw _table.At(row, column, new MlpException(
                "NotANumber", MlpErrorKind.InvalidData, $"'{column.NameAt(row)}' is no number, as most values of the column are. Correct it, or take all of them as texts with -Category '{column.Name}'."));
        }

        return column.Kind == ColumnKind.Category;
    }

    /// <summary>The shape that was asked for; or a square, where all features are bytes, many, and up to 255.</summary>
    private ImageShape? ShapeOf(TableColumn[] features)
    {
        var square = ImageShape.SquareOf(features.Length);
        bool bytes = (_options.ImageShape is not null || (features.Length >= FewestPixels && square is not null)) && features.All(IsBytes);
        if (_options.ImageShape is not { } shape)
            return bytes && features.Any(column => column.Largest == 255) ? square : null;
        if ((long)shape.Height * shape.Width != features.Length)
            throw new MlpException("ImageShapeMismatch", MlpErrorKind.Mismatch, $"{_table.Name}: images of {shape} pixels have {(long)shape.Height * shape.Width} features, and there are {features.Length}.");
        return bytes ? shape : throw new MlpException("PixelsOutsideBytes", MlpErrorKind.InvalidData, $"{_table.Name}: with an image shape, all features must be whole numbers from 0 to 255, and none missing.");
    }

    private static bool IsBytes(TableColumn column) => column.Kind == ColumnKind.Number && column.IsBytes;
}
