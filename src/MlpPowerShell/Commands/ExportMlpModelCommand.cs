using System.Management.Automation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Writes a model to a safetensors file.</summary>
[Cmdlet(VerbsData.Export, "MlpModel", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(FileInfo))]
public sealed class ExportMlpModelCommand : ExportCmdlet
{
    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    public MlpModel Model { get; set; } = null!;

    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelFileCompleter))]
    public string? Path { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Export(Path, $"{Model}", path => ModelFile.Write(Model, path));
}
