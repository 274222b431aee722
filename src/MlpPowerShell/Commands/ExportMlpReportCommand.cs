using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;
using MlpPowerShell.Pictures;

namespace MlpPowerShell.Commands;

/// <summary>Writes a page of HTML about a training.</summary>
[Cmdlet(VerbsData.Export, "MlpReport", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(FileInfo))]
public sealed class ExportMlpReportCommand : ExportCmdlet
{
    private static readonly string[] _endings = [".html", ".htm"];

    /// <summary>The model that was trained.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [AllowNull]
    [Cell<MlpModel>(IsPiped = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ReportFileCompleter))]
    [FilePath]
    public string? Path { get; set; }

    /// <summary>What to measure the model on, for the confusion matrix and the worst mistakes.</summary>
    [Parameter(Position = 2)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [Cell<MlpDataset>]
    public MlpDataset? TestData { get; set; }

    /// <summary>The epochs to tell of; the model's history without it, which a model from a file doesn't have.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MlpEpoch[]? Epoch { get; set; }

    /// <summary>The heading; the run's name without it.</summary>
    [Parameter]
    public string? Title { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Export(Path, $"a report on {Model}", Write, Check);

    private static void Check(string path)
    {
        if (!_endings.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
        {
            throw new MlpException(
                "UnknownFormat",
                MlpErrorKind.InvalidArgument,
                $"A report is a page of HTML: name it {System.IO.Path.GetFileNameWithoutExtension(path)}.html.");
        }
    }

    private void Write(string path) => new RunReport
    {
        Model = Model,
        Epochs = Epoch is null ? Model.History
            : Array.Find(Epoch, epoch => epoch.Architecture != Model.Architecture) is not { } other ? Epoch
            : throw new MlpException(
                "OtherModel",
                MlpErrorKind.Mismatch,
                $"The epochs are of a model {other.Architecture}, and the report is on one of {Model.Architecture}."),
        TestData = TestData,
        Title = Title,
        Cancellation = StopToken,
    }.Save(path);
}
