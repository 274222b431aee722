using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Commands;

/// <summary>Imports MNIST, or a data set of its family, from IDX files.</summary>
[Cmdlet(VerbsData.Import, "Mnist", DefaultParameterSetName = "Path")]
[OutputType(typeof(MlpDataset))]
public sealed class ImportMnistCommand : MlpCmdlet
{
    /// <summary>The folder with the files; without it, the MNIST that comes with the module.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string? Path { get; set; }

    /// <summary>The folder with the files, taken as it is written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>Which half: Train or Test.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<MnistSplit>))]
    [Cell<MnistSplit>(Empty = default(MnistSplit))]
    public Choice<MnistSplit> Split { get; set; }

    /// <summary>The most samples to import.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [Cell<int>]
    public int First { get; set; } = int.MaxValue;

    /// <summary>Samples to leave out at the start.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [Cell<int>]
    public int Skip { get; set; }

    /// <summary>Leaves the samples in their files, which must not be compressed, and reads them chunk by chunk in each epoch.</summary>
    [Parameter]
    public SwitchParameter Stream { get; set; }

    /// <summary>The bytes of memory that streamed samples may take.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MemoryLimit { get; set; } = 256 << 20;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? path = LiteralPath ?? Path;
        Run(path, () =>
        {
            if (Stream)
                CheckStreamsWhole(nameof(First), nameof(Skip));
            else if (IsGiven(nameof(MemoryLimit)))
                WriteUnused([new UnusedOption(nameof(MemoryLimit), "it needs -Stream, as all samples are read into memory")]);
            IEnumerable<string> folders = path is null ? [DefaultFolder()] : ResolvePaths(path, literal: LiteralPath is not null);
            foreach (string folder in folders)
            {
                if (!Directory.Exists(folder))
                {
                    throw new MlpException(
                        "FolderNotFound",
                        MlpErrorKind.NotFound,
                        $"There is no folder {folder}. Give -Path a folder with the four MNIST files, or leave it out for the MNIST "
                        + $"that comes with the module.");
                }

                WriteVerbose($"Reading the {Split} split from {folder}.");
                WriteObject(Stream ? MnistReader.OpenStream(folder, Split, MemoryLimit) : MnistReader.Read(folder, Split, Skip, First));
            }
        });
    }

    /// <summary>The MNIST that comes with the module, or where a module from a gallery comes without, what Save-Mnist fetched.</summary>
    private string DefaultFolder()
    {
        string shipped = System.IO.Path.Combine(MyInvocation.MyCommand.Module.ModuleBase, "data", "mnist");
        if (Directory.Exists(shipped))
            return shipped;
        string saved = ResolvePath(nameof(MnistFamily.Mnist));
        return Directory.Exists(saved) ? saved
            : throw new MlpException(
                "FolderNotFound",
                MlpErrorKind.NotFound,
                $"This module came without MNIST. Save-Mnist fetches it into the folder {nameof(MnistFamily.Mnist)} here, where "
                + $"Import-Mnist finds it; or give -Path a folder with its four files.");
    }
}
