using System.Management.Automation;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>Sends epochs with the run that they belong to.</summary>
public sealed class MlpEpochConverter() : ContentConverter(ResultFile.ReadEpoch)
{
    /// <summary>The bytes of an epoch, which stand for it where it is serialized.</summary>
    public static byte[] GetContent(PSObject epoch) => ResultFile.ToBytes((MlpEpoch)epoch.BaseObject);
}
