using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;

namespace MlpPowerShell;

/// <summary>Brings data sets back from where their samples can be read again, or else from their samples.</summary>
public sealed class MlpDatasetConverter() : ContentConverter(DatasetFile.Read)
{
    /// <summary>The bytes that stand for a data set where it is serialized; null for one that is streamed, which can't be sent.</summary>
    public static byte[]? GetContent(PSObject dataset) =>
        dataset.BaseObject is MlpDataset { IsStreamed: false } data ? DatasetFile.ToBytes(data) : null;
}
