using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Writes a model to a file: safetensors, ONNX, NumPy's, or a C# class.</summary>
[Cmdlet(VerbsData.Export, "MlpModel", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(FileInfo), typeof(MlpComparison))]
public sealed class ExportMlpModelCommand : ExportCmdlet
{
    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Pipeline")]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "LiteralPath")]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [AllowNull]
    [Cell<MlpModel>(IsOneOfSeveral = true, IsPiped = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = "Pipeline")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WrittenModelFileCompleter))]
    [FilePath]
    public string? Path { get; set; }

    /// <summary>The format, where the file's name does not tell it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<ModelFormat>))]
    [Cell<ModelFormat>]
    public Choice<ModelFormat>? Format { get; set; }

    /// <summary>What the file keeps of each weight.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<WeightPrecision>))]
    [Cell<WeightPrecision>(Empty = WeightPrecision.Single)]
    public Choice<WeightPrecision> Precision { get; set; } = WeightPrecision.Single;

    /// <summary>Samples with labels on which the model that the file holds is compared with the one that it was written from.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [Cell<MlpDataset>]
    public MlpDataset? TestData { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Export(Path, $"{Model}", path =>
    {
        ModelFile.Write(Model, path, Format, Precision, StopToken);
        if (TestData is not null)
            WriteObject(MlpComparison.Compare(Model, ModelFile.Rounded(Model, Precision), TestData, cancellation: StopToken));
    }, path =>
    {
        ModelFile.Check(path, Format?.Value, Precision);
        if (TestData is not null)
            MlpComparison.Check(Model, TestData);
    });
}
