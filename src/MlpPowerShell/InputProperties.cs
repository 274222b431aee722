using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Internal;

namespace MlpPowerShell;

/// <summary>The named values of pipeline objects: properties, or the entries of a hashtable.</summary>
internal static class InputProperties
{
    public static IEnumerable<string> NamesOf(PSObject input) => input.BaseObject is IDictionary entries
        ? entries.Keys.Cast<object>().Select(key => $"{key}")
        : input.Properties.Where(property => property.IsGettable).Select(property => property.Name);

    /// <summary>Reads a value; one whose getter fails counts as missing.</summary>
    public static bool TryGet(PSObject input, string name, out object? value)
    {
        value = null;
        if (input.BaseObject is IDictionary entries)
        {
            object? key = entries.Contains(name) ? name : entries.Keys.Cast<object>().FirstOrDefault(key => name.Equals($"{key}", StringComparison.OrdinalIgnoreCase));
            value = key is null ? null : Unwrapped(entries[key]);
            return key is not null;
        }

        if (input.Properties[name] is not { } property)
            return false;
        try
        {
            value = Unwrapped(property.Value);
        }
        catch (GetValueException)
        {
            // As PowerShell itself shows such a property: empty.
        }

        return true;
    }

    /// <summary>The object itself where PowerShell has wrapped it.</summary>
    public static object? Unwrapped(object? value) => ReferenceEquals(value, AutomationNull.Value) ? null : value is PSObject wrapped ? wrapped.BaseObject : value;
}
