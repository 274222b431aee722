using System.Management.Automation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Reads models from safetensors, ONNX and NumPy files.</summary>
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

    /// <summary>The loss of a file that does not name it; cross-entropy without it, or what the end of an ONNX graph speaks of.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<LossKind>))]
    public Choice<LossKind>? Loss { get; set; }

    /// <summary>The format, where the file's name does not tell it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<ModelFormat>))]
    public Choice<ModelFormat>? Format { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var options = new ModelReadOptions { Format = Format, Activations = Activation?.Select(choice => choice.Value).ToArray(), Loss = Loss };
        foreach (string path in LiteralPath ?? Path!)
        {
            Run(path, () =>
            {
                foreach (string file in ResolvePaths(path, literal: LiteralPath is not null))
                    WriteObject(ModelFile.Read(file, options));
            });
        }
    }
}
