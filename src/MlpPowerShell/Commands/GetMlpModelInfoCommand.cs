using System.Management.Automation;
using MlpPowerShell.Engine.Files;

namespace MlpPowerShell.Commands;

/// <summary>Reads what model files say of themselves.</summary>
[Cmdlet(VerbsCommon.Get, "MlpModelInfo", DefaultParameterSetName = "Path")]
[OutputType(typeof(MlpModelInfo))]
public sealed class GetMlpModelInfoCommand : ModelFileCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessFile(string file) => WriteObject(MlpModelInfo.Read(file, Format));
}
