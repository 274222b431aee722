using System.Management.Automation;
using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell;

/// <summary>Sends comparisons with all that they hold.</summary>
public sealed class MlpComparisonConverter() : ContentConverter(ResultFile.ReadComparison)
{
    /// <summary>The bytes of a comparison, which stand for it where it is serialized.</summary>
    public static byte[] GetContent(PSObject comparison) => ResultFile.ToBytes((MlpComparison)comparison.BaseObject);
}
