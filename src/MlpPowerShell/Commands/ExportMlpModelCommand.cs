using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Writes a model to a safetensors file.</summary>
[Cmdlet(VerbsData.Export, "MlpModel", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(FileInfo))]
public sealed class ExportMlpModelCommand : MlpCmdlet
{
    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The file to write, taken as it is written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>Replaces a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the file's object to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(LiteralPath ?? Path, () =>
    {
        string path = ResolvePath((LiteralPath ?? Path)!);
        if (File.Exists(path) && !Force)
            throw new MlpException("FileExists", MlpErrorKind.InvalidArgument, $"{path} is there already; -Force replaces it.");
        if (!ShouldProcess(path, $"Write {Model}"))
            return;
        ModelFile.Write(Model, path);
        if (PassThru)
            WriteObject(new FileInfo(path));
    });
}
