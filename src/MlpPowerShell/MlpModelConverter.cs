using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>
/// Brings models back alive from where PowerShell serializes objects: files of Export-Clixml, jobs, remote sessions. The type file lets it write
/// them as the bytes of a model file.
/// </summary>
public sealed class MlpModelConverter : PSTypeConverter
{
    private const string Content = "Content";

    /// <summary>The bytes of a model, which stand for it where it is serialized.</summary>
    public static byte[] GetContent(PSObject model)
    {
        using var stream = new MemoryStream();
        ModelFile.Write((MlpModel)model.BaseObject, stream);
        return stream.ToArray();
    }

    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => ContentOf(sourceValue) is not null;

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        try
        {
            return ModelFile.Read(new MemoryStream(ContentOf(sourceValue)!, writable: false));
        }
        catch (MlpException failure)
        {
            throw new PSInvalidCastException(failure.Message, failure);
        }
    }

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) => throw new PSInvalidCastException();

    private static byte[]? ContentOf(object value) => PSObject.AsPSObject(value).Properties[Content]?.Value switch
    {
        byte[] bytes => bytes,
        PSObject { BaseObject: byte[] bytes } => bytes,
        _ => null,
    };
}
