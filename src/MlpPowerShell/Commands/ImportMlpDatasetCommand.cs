using System.Globalization;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>
/// Imports data sets from files: CSV, TSV, ARFF, lines of JSON, LIBSVM's, NumPy's .npy and .npz, Parquet, or folders of pictures.
/// </summary>
[Cmdlet(VerbsData.Import, "MlpDataset", DefaultParameterSetName = "Path")]
[OutputType(typeof(MlpDataset))]
public sealed class ImportMlpDatasetCommand : DatasetCmdlet
{
    private TableReadOptions _reading = new();
    private TextConventions _conventions = new();
    private StreamOptions _streaming = new();

    /// <summary>
    /// The files, gzipped or not, several as one set; what they hold tells what they are. A folder is one of pictures, as -ImageFolder
    /// takes it.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [AllowNull]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(DatasetFileCompleter))]
    [FilePath(IsPiped = true, Unless = nameof(LiteralPath))]
    public string[]? Path { get; set; } = [];

    /// <summary>The files, taken as they are written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A folder in which each folder of pictures is a class.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ImageFolder")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string ImageFolder { get; set; } = string.Empty;

    /// <summary>Makes pictures look as MNIST's do: light strokes on black, cut out, scaled to -ImageShape and centred.</summary>
    [Parameter]
    public SwitchParameter Normalize { get; set; }

    /// <summary>What separates the values of a row; without it, found out from the first rows.</summary>
    [Parameter]
    public char? Delimiter { get => _reading.Delimiter; set => _reading = _reading with { Delimiter = value }; }

    /// <summary>The first line holds values, and the columns are named 1, 2 and so on.</summary>
    [Parameter]
    public SwitchParameter NoHeader
    {
        get => _reading.HasHeader == false;
        set => _reading = _reading with { HasHeader = value ? false : null };
    }

    /// <summary>The first line holds the names of the columns, also where these are numbers.</summary>
    [Parameter]
    public SwitchParameter HasHeader
    {
        get => _reading.HasHeader == true;
        set => _reading = _reading with { HasHeader = value ? true : null };
    }

    /// <summary>The names of the columns; a first line of names, which has to be told of by -HasHeader, is left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Header { get => _reading.Header?.ToArray(); set => _reading = _reading with { Header = value }; }

    /// <summary>Lines to leave out before the first, whatever they hold.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [Cell<int>]
    public int SkipLines { get => _reading.SkipLines; set => _reading = _reading with { SkipLines = value }; }

    /// <summary>What begins a line that is none of the table, such as #.</summary>
    [Parameter]
    public char? Comment { get => _reading.Comment; set => _reading = _reading with { Comment = value }; }

    /// <summary>The encoding of the text; UTF-8 without it, or the one that the file's first bytes tell.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public string? Encoding { get => _reading.Encoding; set => _reading = _reading with { Encoding = value }; }

    /// <summary>The culture in which numbers and dates are written; without it, each column's are found out.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(CultureCompleter))]
    public CultureInfo? Culture { get; set; }

    /// <summary>What stands before the fraction of numbers, a point or a comma.</summary>
    [Parameter]
    public char? DecimalSeparator
    {
        get => _conventions.DecimalSeparator;
        set => _conventions = _conventions with { DecimalSeparator = value };
    }

    /// <summary>How dates are written beside ISO 8601, such as d.M.yyyy.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] DateFormat { get => [.. _conventions.DateFormats]; set => _conventions = _conventions with { DateFormats = value }; }

    /// <summary>Texts that stand for no value, beside the usual ones.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] MissingValue
    {
        get => [.. _conventions.MissingValues];
        set => _conventions = _conventions with { MissingValues = value };
    }

    /// <summary>How many features the rows of LIBSVM's files have; without it, as many as the largest number of one says.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int FeatureCount { get => _reading.FeatureCount ?? 0; set => _reading = _reading with { FeatureCount = value }; }

    /// <summary>The .npy file with the labels of an .npy file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DatasetFileCompleter))]
    public string? LabelPath { get; set; }

    /// <summary>The most samples to import.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [Cell<int>]
    public int First { get => _reading.First; set => _reading = _reading with { First = value }; }

    /// <summary>Samples to leave out at the start.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [Cell<int>]
    public int Skip { get => _reading.Skip; set => _reading = _reading with { Skip = value }; }

    /// <summary>Leaves the rows in their file, which must not be compressed, and reads them chunk by chunk in each epoch.</summary>
    [Parameter]
    public SwitchParameter Stream { get; set; }

    /// <summary>The bytes of memory that streamed rows may take.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MemoryLimit { get => _streaming.MemoryLimit; set => _streaming = _streaming with { MemoryLimit = value }; }

    /// <summary>
    /// The folder for the cache of streamed rows, a file that nobody else can open and that goes with the data set; without it, that of
    /// temporary files.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string? CachePath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "ImageFolder")
        {
            Run(ImageFolder, () => WriteObject(ReadFolder(ResolvePath(ImageFolder))));
            return;
        }

        string[] paths = ParameterSetName == "Path" ? Path ?? [] : LiteralPath;
        Run(paths.Length == 1 ? paths[0] : paths, () =>
        {
            string[] files = [.. paths.SelectMany(path => ResolvePaths(path, literal: ParameterSetName == "LiteralPath"))];
            foreach (string file in files)
                WriteVerbose($"Reading {file}.");
            if (files is [var folder] && Directory.Exists(folder))
            {
                PictureReader.CheckHoldsNoTables(folder);
                WriteObject(ReadFolder(folder));
                return;
            }

            PipedFile[] sources = [.. files.Select(file => PipedFile.Of(file, StopToken))];
            try
            {
                WriteObject(Read(Array.ConvertAll(sources, source => source.Path), Array.Exists(sources, source => source.IsCopy)));
            }
            finally
            {
                foreach (PipedFile source in sources)
                    source.Dispose();
            }
        });
    }

    private MlpDataset Read(string[] files, bool areCopies)
    {
        DatasetFormat[] formats = Array.ConvertAll(files, DatasetFormats.Of);
        if (files.Length > 1 && formats.Contains(DatasetFormat.Numpy))
            return DatasetParts.Join(Array.ConvertAll(files, file => Read([file], areCopies)));
        MlpDataset dataset = formats[0] == DatasetFormat.Numpy ? ReadNumpy(files[0]) : ReadTable(files, formats, areCopies);

        // What was copied from a pipe can't be read again.
        return areCopies ? dataset.WithoutOrigin() : dataset;
    }

    private MlpDataset ReadFolder(string folder)
    {
        CheckUnused(DatasetSource.PictureFolder);
        var model = InputProperties.Unwrapped(Like) as MlpModel;
        var dataset = InputProperties.Unwrapped(Like) as MlpDataset;
        if (Like is not null && model?.ImageShape is null && dataset?.ImageShape is null)
        {
            throw new MlpException(
                "NoImages", MlpErrorKind.InvalidArgument, "-Like takes for pictures a data set of pictures, or a model for such.");
        }

        bool normalizes = Normalize || (model?.Input.PictureStyle ?? dataset?.PictureStyle) == PictureStyle.Normalized;
        return PictureReader.ReadFolder(
            folder,
            ImageShape ?? model?.ImageShape ?? dataset?.ImageShape,
            normalizes,
            failure => Run(folder, () => throw failure, perItem: true),
            StopToken);
    }

    private MlpDataset ReadNumpy(string file)
    {
        CheckUnused(NumpyReader.IsArchive(file) ? DatasetSource.NumpyArchive : DatasetSource.NumpyArray);
        if (Feature.Length > 1 || Label.Length > 1)
            throw new MlpException("OneArray", MlpErrorKind.InvalidArgument, "-Feature and -Label name one array each of an .npz file.");
        return NumpyReader.Read(file, new NumpyReadOptions
        {
            Feature = Feature is ["*"] ? null : Feature[0],
            Label = Label.Length > 0 ? Label[0] : null,
            LabelPath = LabelPath is null ? null : ResolvePath(LabelPath),
            First = First,
            Skip = Skip,
        }, StopToken);
    }

    private MlpDataset ReadTable(string[] files, DatasetFormat[] formats, bool areCopies)
    {
        if (Array.Find(files, IsModel) is { } model)
        {
            throw new MlpException(
                "NotADataset", MlpErrorKind.InvalidArgument, $"{model} is called like the file of a model, which Import-MlpModel reads.");
        }

        CheckStream(files, formats, areCopies);
        if (MyInvocation.BoundParameters.ContainsKey(nameof(NoHeader)) && MyInvocation.BoundParameters.ContainsKey(nameof(HasHeader)))
        {
            throw new MlpException(
                "HeaderTwice",
                MlpErrorKind.InvalidArgument,
                "-NoHeader says that the file has no names of columns, and -HasHeader that it does.");
        }

        TableReadOptions reading = ReadingOptions(formats[0]);
        IReadOnlyList<string> columns = TableReader.NamesOf(files[0], reading, StopToken);
        TableReadOptions options = reading with { KindOf = KindsOf(columns) };
        TableOptions meaning = OptionsFor(columns);
        options = options with { IsLeftOut = meaning.LeavesOut };
        MlpDataset dataset;
        if (Stream)
        {
            StreamOptions streaming = CachePath is null ? _streaming : _streaming with { CacheFolder = ResolvePath(CachePath) };
            dataset = TableReader.OpenStream(files[0], options, meaning, streaming, StopToken);
            Tell(dataset.Cache!);
        }
        else
        {
            MlpTable table = TableReader.Read(files, options, StopToken);
            dataset = table.ToDataset(meaning);
            foreach (MlpMessage warning in table.Warnings)
                WriteWarning(ParameterNames.Told(warning));
            TellTask(dataset);
        }

        CheckLabels(dataset);
        IEnumerable<DataColumn> all = dataset.Columns.Concat(dataset.LabelColumns).Concat(dataset.AsideColumns);
        if (DateFormat.Length > 0 && !all.Any(column => column.Kind == ColumnKind.Date))
            WriteWarning($"-DateFormat has no effect: no column holds dates that are written {string.Join(" or ", DateFormat)}.");
        if (formats[0] == DatasetFormat.Table && ColumnReport.NamedByValue(dataset) is { } name)
        {
            WriteWarning($"The first row of {files[0]} was taken for the names of columns, and {name} looks like a value: if the file has "
                + $"no names, import it with -NoHeader.");
        }

        return dataset;
    }

    private void Tell(StreamCache cache)
    {
        if (cache.Failure is { } failure)
            WriteWarning($"The rows are read from their text in each epoch, as no cache of them could be kept: {failure}");
        else
            WriteVerbose($"The values of the rows are kept in a cache of {cache.Bytes / 1e6:F1} MB in {cache.Folder}.");
    }

    private static bool IsModel(string file) =>
        ModelFile.Endings.Contains(System.IO.Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    private void CheckStream(string[] files, DatasetFormat[] formats, bool areCopies)
    {
        if (Stream)
            CheckStreamsWhole(nameof(First), nameof(Skip));
        if (Stream && areCopies)
        {
            throw new MlpException(
                "NotStreamable", MlpErrorKind.InvalidArgument, "What comes through a pipe can't be streamed; a file of the disk can.");
        }

        CheckUnused(files.Length > 1 ? DatasetSource.Tables
            : Stream && formats[0] == DatasetFormat.Table ? DatasetSource.StreamedTable
            : DatasetSource.Of(formats[0]));
    }

    /// <summary>How tables are read: as somebody says, and for the rest like other data.</summary>
    private TableReadOptions ReadingOptions(DatasetFormat format)
    {
        TableReadOptions said = _reading with { Conventions = _conventions };
        said = Culture is null ? said : said.In(Culture);
        TableReadOptions reading = said with { Conventions = said.Conventions.Over(Pattern?.Conventions) };
        if (format != DatasetFormat.Svmlight || reading.FeatureCount is not null || Pattern is not { } pattern)
            return reading;

        // What is like other data has their features, also those that are zero in all rows.
        int[] numbers = [.. pattern.Features.Select(name => int.TryParse(name, out int number) ? number : 0)];
        int first = Math.Min(numbers.Min(), 1);
        return reading with { FeatureCount = numbers.Max() - first + 1, FirstFeature = first };
    }

    /// <summary>Checks that no parameter is given that means nothing for what is read.</summary>
    /// <exception cref="MlpException">One is given.</exception>
    private void CheckUnused(DatasetSource source)
    {
        IEnumerable<string> all = DatasetSource.All.SelectMany(other => other.Used);
        if (all.Except(source.Used).FirstOrDefault(MyInvocation.BoundParameters.ContainsKey) is { } given)
            throw new MlpException("ParameterUnused", MlpErrorKind.InvalidArgument, $"-{given} means nothing for {source.What}.");
    }
}
