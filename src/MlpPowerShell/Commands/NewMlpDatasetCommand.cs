using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Commands;

/// <summary>Makes a data set of arrays of numbers.</summary>
[Cmdlet(VerbsCommon.New, "MlpDataset", DefaultParameterSetName = "Label")]
[OutputType(typeof(MlpDataset))]
public sealed class NewMlpDatasetCommand : MlpCmdlet
{
    /// <summary>The features: an array of numbers for each sample; a single number is a sample of one feature.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public object[] Feature { get; set; } = [];

    /// <summary>The class of each sample: any names or numbers.</summary>
    [Parameter(Position = 1, ParameterSetName = "Label")]
    public string[]? Label { get; set; }

    /// <summary>What each sample's outputs should be: a number, or an array of numbers; of several labels, 0 or 1 for each.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Target")]
    public object[] Target { get; set; } = [];

    /// <summary>The names of the targets.</summary>
    [Parameter(ParameterSetName = "Target")]
    public string[]? TargetName { get; set; }

    /// <summary>How much each sample counts in training.</summary>
    [Parameter]
    public float[]? SampleWeight { get; set; }

    /// <summary>Height and width where the features are an image's pixels.</summary>
    [Parameter]
    [ValidateCount(2, 2)]
    [ValidateRange(1, int.MaxValue)]
    public int[]? ImageShape { get; set; }

    /// <summary>A name for tables and messages.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "data";

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(Feature, () =>
    {
        (float[] features, int width) = Table(nameof(Feature), Feature);
        if (ImageShape is [int height, int across] && (long)height * across != width)
            throw new MlpException("ImageShapeMismatch", MlpErrorKind.Mismatch, $"Images of {height} × {across} pixels have {(long)height * across} features, and the samples have {width}.");
        ImageShape? shape = ImageShape is null ? null : new ImageShape(ImageShape[0], ImageShape[1]);
        string[] classes = [.. (Label ?? []).Distinct()];
        if (classes.All(name => double.TryParse(name, CultureInfo.InvariantCulture, out _)))
            classes = [.. classes.OrderBy(name => double.Parse(name, CultureInfo.InvariantCulture))];
        else
            Array.Sort(classes, StringComparer.Ordinal);
        int[]? labels = Label is null ? null : Array.ConvertAll(Label, name => Array.IndexOf(classes, name));
        var dataset = new MlpDataset(Name, features, labels, width, classes, shape);
        if (Target.Length > 0)
        {
            (float[] targets, int count) = Table(nameof(Target), Target);
            dataset = dataset.WithTargets(targets, TargetName ?? (count == 1 ? ["target"] : [.. Enumerable.Range(0, count).Select(i => $"target {i}")]));
        }

        WriteObject(SampleWeight is null ? dataset : dataset.WithSampleWeights(SampleWeight));
    });

    private static (float[] Values, int Width) Table(string what, object[] rows)
    {
        float[][] table = [.. rows.Select((row, i) => Row(what, row is PSObject wrapped ? wrapped.BaseObject : row, i))];
        int width = table[0].Length;
        int ragged = Array.FindIndex(table, row => row.Length != width);
        if (ragged >= 0)
            throw new MlpException("RaggedRows", MlpErrorKind.InvalidData, $"{what} {ragged} has {table[ragged].Length} numbers, and {what} 0 has {width}; all must have as many.");
        if (width == 0)
            throw new MlpException("RaggedRows", MlpErrorKind.InvalidData, $"{what} 0 has no numbers.");
        return ([.. table.SelectMany(row => row)], width);
    }

    private static float[] Row(string what, object row, int index) =>
        LanguagePrimitives.TryConvertTo(row is IEnumerable and not string ? row : new[] { row }, CultureInfo.InvariantCulture, out float[] numbers)
            ? numbers
            : throw new MlpException("NotANumber", MlpErrorKind.InvalidData, $"{what} {index} is '{row}', which is no number and no array of numbers.");
}
