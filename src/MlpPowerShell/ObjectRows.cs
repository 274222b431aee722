using System.Management.Automation;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell;

/// <summary>The values of objects by the names of all their properties, in the order in which the names came.</summary>
internal sealed class ObjectRows
{
    private readonly List<string> _names = [];
    private readonly List<bool> _areWanted = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _placesInAnyCase = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<object?[]> _rows = [];

    /// <summary>The names of all properties.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Objects.</summary>
    public int Count => _rows.Count;

    /// <summary>A row of named values as an object with these properties.</summary>
    public static PSObject ObjectOf(IEnumerable<KeyValuePair<string, object?>> row)
    {
        var result = new PSObject();
        foreach ((string name, object? value) in row)
            result.Properties.Add(new PSNoteProperty(name, value));
        return result;
    }

    /// <summary>Adds the values that an object has now.</summary>
    /// <param name="input">The object.</param>
    /// <param name="isWanted">Tells the properties to read; of others only the names are kept.</param>
    public void Add(PSObject input, Func<string, bool> isWanted)
    {
        var row = new List<object?>(_names.Count);
        var filled = new HashSet<int>();
        foreach (string name in InputProperties.NamesOf(input))
        {
            // A name in another case is the same property, unless the object has it in both.
            if (!_places.TryGetValue(name, out int place)
                && (!_placesInAnyCase.TryGetValue(name, out place) || filled.Contains(place)))
            {
                place = _names.Count;
                _names.Add(name);
                _areWanted.Add(isWanted(name));
                _places.Add(name, place);
                _ = _placesInAnyCase.TryAdd(name, place);
            }

            filled.Add(place);
            while (row.Count <= place)
                row.Add(null);
            row[place] = _areWanted[place] && InputProperties.TryGet(input, name, out object? value) ? value : null;
        }

        _rows.Add([.. row]);
    }

    /// <summary>The properties of which no object has a value that a table can hold, and some have another one.</summary>
    public IEnumerable<string> Composite() => _names.Where((_, place) =>
    {
        IEnumerable<object?> values = _rows.Select(row => place < row.Length ? row[place] : null).Where(value => value is not null);
        return values.Any() && !values.Any(MlpTable.IsValue);
    });

    /// <summary>The values as a table; what an object lacks is missing.</summary>
    /// <param name="name">The table's name.</param>
    /// <param name="isColumn">Tells the properties that are columns.</param>
    /// <param name="kindOf">Tells what the values of a column are to be taken for.</param>
    /// <param name="conventions">How texts write values; null where nobody said so.</param>
    /// <exception cref="Engine.MlpException">There is no column, two have one name, or a value is none.</exception>
    public MlpTable ToTable(
        string name, Func<string, bool> isColumn, Func<string, ColumnKind?> kindOf, TextConventions? conventions)
    {
        int[] places = [.. Enumerable.Range(0, _names.Count).Where(place => isColumn(_names[place]))];
        var table = new MlpTable(name, Array.ConvertAll(places, place => _names[place]), kindOf) { Conventions = conventions };
        foreach (object?[] row in _rows)
            table.Add(Array.ConvertAll(places, place => place < row.Length ? row[place] : null));
        return table;
    }
}
