using MlpPowerShell.Engine.Files;

namespace MlpPowerShell;

/// <summary>Brings data sets back from where their samples can be read again, or else from their samples.</summary>
public sealed class MlpDatasetConverter() : ContentConverter(DatasetFile.Read);
