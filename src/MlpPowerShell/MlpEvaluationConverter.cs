using System.Management.Automation;
using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell;

/// <summary>Sends evaluations with all that they hold.</summary>
public sealed class MlpEvaluationConverter() : ContentConverter(ResultFile.ReadEvaluation)
{
    /// <summary>The bytes of an evaluation, which stand for it where it is serialized.</summary>
    public static byte[] GetContent(PSObject evaluation) => ResultFile.ToBytes((MlpEvaluation)evaluation.BaseObject);
}
