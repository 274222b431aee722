using System.Globalization;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;
using MlpPowerShell.Pictures;

namespace MlpPowerShell.Commands;

/// <summary>Writes a chart of what comes down the pipeline to a file, SVG or PNG.</summary>
[Cmdlet(VerbsData.Export, "MlpChart", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(FileInfo))]
public sealed class ExportMlpChartCommand : ExportCmdlet
{
    private const int MostLetters = 20;

    private readonly List<PSObject> _items = [];

    /// <summary>The file to write; its ending, .svg or .png, says as what.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ChartFileCompleter))]
    [FilePath]
    public string? Path { get; set; }

    /// <summary>Epochs, an evaluation, thresholds, steps of a schedule, a data set, predictions or a model.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>Which chart of an evaluation (Confusion, Calibration) or of thresholds (Roc, PrecisionRecall).</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<ChartKind>))]
    [Cell<ChartKind>]
    public ChartKind? Kind { get; set; }

    /// <summary>The data set that predictions belong to.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [Cell<MlpDataset>]
    public MlpDataset? Dataset { get; set; }

    /// <summary>Of predictions of several numbers, the name of the one to draw.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>How many samples or units are drawn.</summary>
    [Parameter]
    [ValidateRange(1, 10000)]
    [Cell<int>]
    public int First { get; set; } = 36;

    /// <summary>What stands above the chart.</summary>
    [Parameter]
    public string? Title { get; set; }

    /// <summary>The culture in which texts write numbers, as where epochs were exported to CSV in it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CultureCompleter))]
    public CultureInfo? Culture { get; set; }

    /// <summary>Pixels across.</summary>
    [Parameter]
    [ValidateRange(100, 10000)]
    [Cell<int>]
    public int Width { get; set; } = 800;

    /// <summary>Pixels down; sheets of pictures are as high as they need to be.</summary>
    [Parameter]
    [ValidateRange(100, 10000)]
    [Cell<int>]
    public int Height { get; set; } = 560;

    /// <inheritdoc/>
    protected override void ProcessRecord() => _items.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_items.Count > 0)
            Export(Path, "a chart", Save);
    }

    private void Save(string path)
    {
        Drawing drawing = DrawingOf();
        WriteUnused(Unused(_items[0].BaseObject));
        drawing.Save(path);
        if (drawing.Boxes.Length > 0)
        {
            WriteWarning(
                $"{System.IO.Path.GetFileName(path)} shows boxes for {Printable.Of(drawing.Boxes, MostLetters)}: the font for PNG lacks "
                + "these letters. An .svg file keeps them, in the fonts of whoever looks at it.");
        }
    }

    /// <summary>What the objects look like; they must be of one kind.</summary>
    private Drawing DrawingOf() => (_items[0].BaseObject, Kind) switch
    {
        (MlpEvaluation, null or ChartKind.Confusion) => ConfusionMatrix(Single<MlpEvaluation>()),
        (MlpEvaluation, ChartKind.Calibration) => Calibration(Single<MlpEvaluation>()),
        (MlpThreshold, null or ChartKind.Roc) => Charts.Roc(All<MlpThreshold>(), Title ?? string.Empty, Width, Height),
        (MlpThreshold, ChartKind.PrecisionRecall) => Charts.PrecisionRecall(All<MlpThreshold>(), Title ?? string.Empty, Width, Height),
        (_, { } kind) => throw new MlpException(
            "ChartKindMismatch",
            MlpErrorKind.InvalidArgument,
            $"{_items[0].BaseObject.GetType().Name} has no chart of the kind {kind}: Confusion and Calibration are of an evaluation, as of "
            + "Measure-MlpModel, Roc and PrecisionRecall of thresholds, as of Get-MlpThreshold."),
        (var item, null) => DrawingOf(item),
    };

    /// <summary>The options that are given and that the chart of such an object does not have.</summary>
    private IEnumerable<UnusedOption> Unused(object item)
    {
        bool isPrediction = item is MlpPrediction, isNumber = item is MlpPrediction { Confidence: null };
        bool isSheet = item is MlpDataset or MlpModel || (isPrediction && !isNumber);
        bool isCurve = !isSheet && !isPrediction && item is not (MlpEvaluation or MlpThreshold or MlpScheduleStep);
        (string Option, bool IsUsed, MlpMessage Needs)[] table =
        [
            (nameof(Dataset), isPrediction, "it belongs to charts of predictions"),
            (nameof(Target), isNumber, "it belongs to charts of predicted numbers"),
            (nameof(First), isSheet, "it belongs to sheets of samples or units"),
            (nameof(Height), !isSheet, "a sheet of pictures is as high as it needs to be"),
            (nameof(Culture), isCurve, "it belongs to charts of epochs"),
        ];
        return table.Where(row => !row.IsUsed && IsGiven(row.Option)).Select(row => new UnusedOption(row.Option, row.Needs));
    }

    private Drawing DrawingOf(object item) => item switch
    {
        MlpScheduleStep => Charts.Schedule(All<MlpScheduleStep>(), Title ?? string.Empty, Width, Height),
        MlpDataset => Samples(Single<MlpDataset>()),
        MlpPrediction { Confidence: null } => Predictions(All<MlpPrediction>()),
        MlpPrediction => Sheet(
            All<MlpPrediction>().Take(First)
                .Select(prediction => CaptionedPicture.OfSample(DatasetOfPredictions, prediction.Index, prediction)),
            DatasetOfPredictions.Name),
        MlpModel => Weights(Single<MlpModel>()),
        _ => Curves([.. _items.SelectMany(item => CurvePoints.Of(item, Culture))]),
    };

    private MlpDataset DatasetOfPredictions => Dataset
        ?? throw new MlpException(
            "DatasetMissing",
            MlpErrorKind.InvalidArgument,
            "Predictions are drawn with their samples: name the data set that they were made for with -Dataset.");

    private Drawing ConfusionMatrix(MlpEvaluation evaluation) =>
        Charts.ConfusionMatrix(evaluation, Title ?? evaluation.Dataset, Width, Height);

    private Drawing Calibration(MlpEvaluation evaluation) =>
        Charts.Calibration(evaluation, Title ?? evaluation.Dataset, Width, Height);

    private Drawing Predictions(MlpPrediction[] predictions)
    {
        int target = TargetOf(predictions[0].Targets);
        (double True, double Predicted)[] pairs =
            [.. predictions.Select(prediction => NumberPair.Of(prediction, target)).OfType<(double, double)>()];
        string name = predictions[0].Targets.Count > 1 ? predictions[0].Targets[target] : Dataset?.Name ?? "Predictions";
        return pairs.Length == predictions.Length
            ? Charts.Predictions(pairs, Title ?? name, Width, Height)
            : throw new MlpException(
                "NotNumbers",
                MlpErrorKind.InvalidArgument,
                "Predictions of numbers are drawn against what is true, and for one of these that is not known, or no number.");
    }

    /// <summary>The place of the number to draw.</summary>
    private int TargetOf(IReadOnlyList<string> names)
    {
        if (Target is null && names.Count == 1)
            return 0;
        int place = names.ToList().FindIndex(name => string.Equals(name, Target, StringComparison.OrdinalIgnoreCase));
        return place >= 0 ? place : throw new MlpException(
            "TargetNotFound",
            MlpErrorKind.InvalidArgument,
            $"A chart shows one of the numbers that were predicted: name it with -Target: {Printable.Of(Listing.Of(names))}.");
    }

    private PictureSheet Samples(MlpDataset data) =>
        Sheet(Enumerable.Range(0, Math.Min(First, data.Count)).Select(i => CaptionedPicture.OfSample(data, i, null)), data.Name);

    private PictureSheet Weights(MlpModel model) =>
        Sheet(
            Enumerable.Range(0, Math.Min(First, model.Layers[0].OutputSize)).Select(unit => CaptionedPicture.OfWeights(model, unit)),
            $"{model}");

    private PictureSheet Sheet(IEnumerable<CaptionedPicture> pictures, string name) => PictureSheet.Of([.. pictures], Title ?? name, Width);

    private Drawing Curves(CurvePoint[] points)
    {
        if (Charts.NotDrawn(points) is { } left)
            WriteWarning($"Not drawn, as it is no finite number: {left}.");
        return Charts.LearningCurves(
            points, Title ?? (points.All(point => point.Run == points[0].Run) ? points[0].Run : string.Empty), Width, Height);
    }

    private T[] All<T>() => Array.ConvertAll<PSObject, T>([.. _items], item => item.BaseObject is T one ? one : throw Mixed(item));

    private T Single<T>() => _items.Count == 1 ? All<T>()[0] : throw Mixed(_items[1]);

    private MlpException Mixed(PSObject other) => new(
        "MixedObjects",
        MlpErrorKind.InvalidArgument,
        $"One chart takes objects of one kind, and only epochs, steps, thresholds and predictions several of them: "
        + $"{_items[0].BaseObject.GetType().Name} and {other.BaseObject.GetType().Name} came.");
}
