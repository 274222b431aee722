using System.Collections;
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
    [RowsTransformation]
    public object[] Feature { get; set; } = [];

    /// <summary>The class of each sample: any names or numbers.</summary>
    [Parameter(Position = 1, ParameterSetName = "Label")]
    public object[]? Label { get; set; }

    /// <summary>What each sample's outputs should be: a number, or an array of numbers; of several labels, 0 or 1 for each.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Target")]
    [RowsTransformation]
    public object[] Target { get; set; } = [];

    /// <summary>The names of the targets.</summary>
    [Parameter(ParameterSetName = "Target")]
    public string[]? TargetName { get; set; }

    /// <summary>How much each sample counts, in training and where it is measured.</summary>
    [Parameter]
    public object[]? SampleWeight { get; set; }

    /// <summary>Height and width where the features are an image's pixels; bytes then count as byte / 255.</summary>
    [Parameter]
    [ImageShapeTransformation]
    public ImageShape? ImageShape { get; set; }

    /// <summary>A name for tables and messages.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "data";

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(Feature, () =>
    {
        MlpDataset dataset =
            ArrayDataset.Create(Name, Numbers(nameof(Feature), Feature), Label?.Select(InputProperties.Unwrapped).ToArray(), ImageShape);
        if (Target.Length > 0)
            dataset = dataset.WithTargets(Numbers(nameof(Target), Target), TargetName);
        WriteObject(SampleWeight is null
            ? dataset
            : dataset.WithSampleWeights(InputProperties.NumbersOf(nameof(SampleWeight), SampleWeight)));
    });

    private static float[][] Numbers(string what, object[] rows) =>
        [.. rows.Select((row, index) => InputProperties.Unwrapped(row) switch
        {
            PSCustomObject or IDictionary => throw new MlpException(
                "NotANumber",
                MlpErrorKind.InvalidData,
                $"{what} {index + 1} is a row with named values, and no array of numbers: ConvertTo-MlpDataset makes a data set of such."),
            string text when CellReader.IsFileName(text) => throw new MlpException(
                "NotANumber",
                MlpErrorKind.InvalidData,
                $"{what} {index + 1} is '{text}', which is no number. Import-MlpDataset reads files."),
            IEnumerable many and not string => InputProperties.NumbersOf($"{what} {index + 1}", many),
            _ => InputProperties.NumbersOf($"{what} {index + 1}", new[] { row }),
        })];
}
