using System.Collections.ObjectModel;
using System.Globalization;

namespace MlpPowerShell.Engine;

/// <summary>Several values of one property, which a table of text shows as they are, not as the name of a type.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="values">The values, in their order.</param>
public sealed class ValueList<T>(IList<T> values) : ReadOnlyCollection<T>(values)
{
    /// <summary>The values in the invariant culture, with commas between.</summary>
    public override string ToString() =>
        string.Join(", ", this.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
}
