using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Distribution;

namespace MlpPowerShell;

/// <summary>What cmdlets that write a file have in common: nothing is replaced unasked.</summary>
public abstract class ExportCmdlet : MlpCmdlet
{
    private readonly HashSet<string> _written = [];

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

    /// <summary>Writes a file, if that is wanted and nothing speaks against it.</summary>
    /// <param name="path">The file where -LiteralPath does not say.</param>
    /// <param name="what">What is written, for -WhatIf and -Confirm.</param>
    /// <param name="write">Writes it to a path of the file system.</param>
    /// <param name="check">Throws where that can't be done, also where it is only asked what would be; null for no such check.</param>
    protected void Export(string? path, string what, Action<string> write, Action<string>? check = null) => Run(LiteralPath ?? path, () =>
    {
        string file = ResolvePath(LiteralPath ?? Unescaped(path!));
        if (Communicator.Current is { Rank: > 0 } ranks)
        {
            WriteVerbose($"Rank {ranks.Rank} leaves {file} to rank 0, which has the same to write.");
            return;
        }

        if (File.Exists(file) && !Force)
            throw new MlpException("FileExists", MlpErrorKind.Exists, $"{file} is there already; -Force replaces it.");
        if (_written.Contains(file))
        {
            throw new MlpException(
                "WrittenAlready",
                MlpErrorKind.Exists,
                $"{file} was written by this command just now, for what came before this. Give each a name of its own, such as -Path "
                + "{ \"$($_.Architecture).onnx\" }.");
        }

        check?.Invoke(file);
        if (!ShouldProcess(file, $"Write {what}"))
            return;
        write(file);
        _ = _written.Add(file);
        if (PassThru)
            WriteObject(new FileInfo(file));
    });
}
