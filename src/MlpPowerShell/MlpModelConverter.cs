using System.Management.Automation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>Sends models as the bytes of a model file.</summary>
public sealed class MlpModelConverter() : ContentConverter(ModelFile.Read)
{
    /// <summary>The bytes of a model, which stand for it where it is serialized.</summary>
    public static byte[] GetContent(PSObject model) => Bytes(stream => ModelFile.Write((MlpModel)model.BaseObject, stream));
}
