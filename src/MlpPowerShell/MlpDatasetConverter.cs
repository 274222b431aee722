using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;

namespace MlpPowerShell;

/// <summary>Sends data sets as where their samples can be read again, or else as their samples.</summary>
public sealed class MlpDatasetConverter() : ContentConverter(DatasetFile.Read)
{
    /// <summary>The bytes of a data set, which stand for it where it is serialized; null for one that is streamed, which can't be sent.</summary>
    public static byte[]? GetContent(PSObject dataset) =>
        (MlpDataset)dataset.BaseObject is { IsStreamed: false } samples ? Bytes(stream => DatasetFile.Write(samples, stream)) : null;
}
