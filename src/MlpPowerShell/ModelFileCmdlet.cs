using System.Management.Automation;
using MlpPowerShell.Engine.Files;

namespace MlpPowerShell;

/// <summary>What cmdlets that read model files have in common: which files, and their format.</summary>
public abstract class ModelFileCmdlet : MlpCmdlet
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

    /// <summary>The format, where the file's name does not tell it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<ModelFormat>))]
    public Choice<ModelFormat>? Format { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in LiteralPath ?? Path!)
        {
            Run(path, () =>
            {
                foreach (string file in ResolvePaths(path, literal: LiteralPath is not null))
                    ProcessFile(file);
            });
        }
    }

    /// <summary>Reads one file.</summary>
    /// <param name="file">Its path in the file system.</param>
    protected abstract void ProcessFile(string file);
}
