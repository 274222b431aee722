using System.Management.Automation;
using MlpPowerShell.Engine.Files;

namespace MlpPowerShell;

/// <summary>What cmdlets that read model files have in common: which files, and their format.</summary>
public abstract class ModelFileCmdlet : MlpCmdlet
{
    /// <summary>The files to read; wildcards match several.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelFileCompleter))]
    [FilePath(IsPiped = true, Unless = nameof(LiteralPath))]
    public string[]? Path { get; set; }

    /// <summary>The files to read, taken as they are written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>The format, where the file's name does not tell it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<ModelFormat>))]
    [Cell<ModelFormat>]
    public Choice<ModelFormat>? Format { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string[] paths = [];
        Run(null, () => paths = LiteralPath ?? Path!);
        foreach (string path in paths)
        {
            string[] files = [];
            Run(path, () => files = [.. ResolvePaths(path, literal: LiteralPath is not null)]);

            // A broken file among several is no reason to leave the others out.
            bool? oneOfMany = files.Length > 1 || paths.Length > 1 ? true : null;
            foreach (string file in files)
                Run(files.Length > 1 ? file : path, () => ProcessFile(file), oneOfMany);
        }
    }

    /// <summary>Reads one file.</summary>
    /// <param name="file">Its path in the file system.</param>
    protected abstract void ProcessFile(string file);
}
