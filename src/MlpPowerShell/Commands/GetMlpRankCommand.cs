using System.Management.Automation;
using MlpPowerShell.Engine.Distribution;

namespace MlpPowerShell.Commands;

/// <summary>Tells which of the processes this one is that mpirun started together.</summary>
[Cmdlet(VerbsCommon.Get, "MlpRank")]
[OutputType(typeof(MlpRank))]
public sealed class GetMlpRankCommand : MlpCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(MlpRank.Current);
}
