using System.Collections;
using System.Data;
using System.Management.Automation;
using System.Management.Automation.Internal;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell;

/// <summary>The named values of pipeline objects: properties, or the entries of a hashtable.</summary>
internal static class InputProperties
{
    private const string DeserializedEnum = "Deserialized.System.Enum";

    /// <summary>The rows that an object is: those of a table of ADO.NET or of what reads one; another object is one row.</summary>
    public static IEnumerable<PSObject> RowsOf(PSObject input) => input.BaseObject switch
    {
        DataTable table => table.Rows.Cast<DataRow>().Select(PSObject.AsPSObject),
        DataView view => view.Cast<DataRowView>().Select(PSObject.AsPSObject),
        IDataReader reader => RowsOf(reader),
        _ => [input],
    };

    /// <summary>The names of what an object has.</summary>
    public static IEnumerable<string> NamesOf(PSObject input) => input.BaseObject is IDictionary entries
        ? entries.Keys.Cast<object>().Select(key => $"{key}")
        : input.BaseObject is IDataRecord record ? Enumerable.Range(0, record.FieldCount).Select(record.GetName)
        : RowOf(input) is { } row ? row.Table.Columns.Cast<System.Data.DataColumn>().Select(column => column.ColumnName)
        : input.Properties.Where(property => property.IsGettable).Select(property => property.Name);

    /// <summary>Reads a value; one whose getter fails counts as missing.</summary>
    public static bool TryGet(PSObject input, string name, out object? value)
    {
        value = null;
        if (input.BaseObject is IDictionary entries)
        {
            object? key = entries.Contains(name)
                ? name
                : entries.Keys.Cast<object>().FirstOrDefault(key => name.Equals($"{key}", StringComparison.OrdinalIgnoreCase));
            value = key is null ? null : Unwrapped(entries[key]);
            return key is not null;
        }

        if (input.BaseObject is IDataRecord record)
        {
            int place = PlaceOf(record, name);
            value = place < 0 ? null : Unwrapped(record.GetValue(place));
            return place >= 0;
        }

        if (RowOf(input) is { } row)
        {
            if (!row.Table.Columns.Contains(name))
                return false;
            value = Unwrapped(row[name]);
            return true;
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

    /// <summary>
    /// The object itself where PowerShell has wrapped it; a member of an enum that comes from a job or a file as its name.
    /// </summary>
    public static object? Unwrapped(object? value) => ReferenceEquals(value, AutomationNull.Value) ? null
        : value is not PSObject wrapped ? value
        : wrapped.TypeNames.Contains(DeserializedEnum) ? wrapped.ToString()
        : wrapped.BaseObject;

    /// <summary>The numbers of an array.</summary>
    /// <exception cref="Engine.MlpException">A value is missing, or no number.</exception>
    public static float[] NumbersOf(string what, IEnumerable values) =>
        values as float[] ?? ArrayDataset.Numbers(what, values.Cast<object?>().Select(Unwrapped));

    // The reader is the row at which it stands, so that each must be looked at before the next.
    private static IEnumerable<PSObject> RowsOf(IDataReader reader)
    {
        while (reader.Read())
            yield return PSObject.AsPSObject(reader);
    }

    private static int PlaceOf(IDataRecord record, string name)
    {
        int place = -1;
        for (int i = 0; i < record.FieldCount; i++)
        {
            if (record.GetName(i) == name)
                return i;
            if (place < 0 && record.GetName(i).Equals(name, StringComparison.OrdinalIgnoreCase))
                place = i;
        }

        return place;
    }

    // Of rows of a DataTable, their table and state are no values.
    private static DataRow? RowOf(PSObject input) => input.BaseObject as DataRow ?? (input.BaseObject as DataRowView)?.Row;
}
