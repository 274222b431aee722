using System.Management.Automation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Reads models from safetensors files.</summary>
[Cmdlet(VerbsData.Import, "MlpModel", DefaultParameterSetName = "Path")]
[OutputType(typeof(MlpModel))]
public sealed class ImportMlpModelCommand : MlpCmdlet
{
    /// <summary>The files to read; wildcards match several.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelFileCompleter))]
    public string[]? Path { get; set; }

    /// <summary>The files to read, taken as they are written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>The hidden activations of a file that does not name them: one for all hidden layers, or one for each.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EnumCompleter<ActivationKind>))]
    public Choice<ActivationKind>[]? Activation { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in LiteralPath ?? Path!)
        {
            Run(path, () =>
            {
                foreach (string file in ResolvePaths(path, literal: LiteralPath is not null))
                    WriteObject(ModelFile.Read(file, Activation?.Select(choice => choice.Value).ToArray()));
            });
        }
    }
}
