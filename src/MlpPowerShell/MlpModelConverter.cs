using System.Management.Automation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>Brings models back from the bytes of a model file.</summary>
public sealed class MlpModelConverter() : ContentConverter(ModelFile.Read)
{
    /// <summary>The bytes of a model's file, which stand for it where it is serialized.</summary>
    public static byte[] GetContent(PSObject model) => ModelFile.ToBytes((MlpModel)model.BaseObject);

    /// <summary>The epochs of every training of a model, oldest first.</summary>
    public static IReadOnlyList<MlpEpoch> GetHistory(PSObject model) => ((MlpModel)model.BaseObject).History;
}
