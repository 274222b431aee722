using System.Management.Automation;
using MlpPowerShell.Engine;

namespace MlpPowerShell;

/// <summary>
/// Brings objects back alive from where PowerShell serializes them: files of Export-Clixml, jobs, remote sessions. The type file lets it
/// write them as their bytes.
/// </summary>
/// <param name="read">Makes an object of its bytes.</param>
public abstract class ContentConverter(Func<Stream, object> read) : PSTypeConverter
{
    /// <summary>The property that holds the bytes.</summary>
    internal const string Content = "Content";

    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => Holds(sourceValue, destinationType);

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        try
        {
            return WithNotes(read(new MemoryStream(ContentOf(sourceValue)!, writable: false)), sourceValue);
        }
        catch (MlpException failure)
        {
            throw new PSInvalidCastException(failure.Message, failure);
        }
    }

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new PSInvalidCastException();

    /// <summary>Whether an object is what serialization leaves of one of a type, and has the bytes that stand for it.</summary>
    internal static bool Holds(object value, Type type) => IsOf(value, type) && ContentOf(value) is not null;

    /// <summary>Whether an object is what serialization leaves of one of a type that can't be sent.</summary>
    internal static bool IsLeftOf(object value, Type type) => IsOf(value, type) && ContentOf(value) is null;

    private static bool IsOf(object value, Type type) => PSObject.AsPSObject(value).TypeNames.Contains($"Deserialized.{type.FullName}");

    /// <summary>An object with what was added to the one that was sent, such as the columns of a sweep's table.</summary>
    private static object WithNotes(object result, object source)
    {
        var wrapped = PSObject.AsPSObject(result);
        foreach (PSPropertyInfo note in PSObject.AsPSObject(source).Properties
            .Where(note => note.Name != Content && note.MemberType == PSMemberTypes.NoteProperty && wrapped.Properties[note.Name] is null))
        {
            wrapped.Properties.Add(new PSNoteProperty(note.Name, note.Value));
        }

        return result;
    }

    private static byte[]? ContentOf(object value) => PSObject.AsPSObject(value).Properties[Content]?.Value switch
    {
        byte[] bytes => bytes,
        PSObject { BaseObject: byte[] bytes } => bytes,
        _ => null,
    };
}
