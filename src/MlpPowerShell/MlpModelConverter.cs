using MlpPowerShell.Engine.Files;

namespace MlpPowerShell;

/// <summary>Brings models back from the bytes of a model file.</summary>
public sealed class MlpModelConverter() : ContentConverter(ModelFile.Read);
