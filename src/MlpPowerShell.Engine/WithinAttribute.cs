using System.Globalization;

namespace MlpPowerShell.Engine;

/// <summary>The range of an option, said once: it is what is checked, what messages say, and what the help says.</summary>
/// <param name="what">What the option is, to begin a sentence with: The momentum.</param>
/// <param name="least">The least value.</param>
/// <param name="most">The largest value; where it is infinite, any finite number is small enough.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WithinAttribute(string what, double least, double most = double.PositiveInfinity) : Attribute
{
    /// <summary>What the option is, to begin a sentence with.</summary>
    public string What { get; } = what;

    /// <summary>The least value.</summary>
    public double Least { get; } = least;

    /// <summary>The largest value, or infinity.</summary>
    public double Most { get; } = most;

    /// <summary>Whether the least value itself is too small.</summary>
    public bool Above { get; init; }

    /// <summary>Whether the largest value itself is too large.</summary>
    public bool Below { get; init; }

    /// <summary>What the values count or measure: epochs; empty for bare numbers.</summary>
    public string Unit { get; init; } = string.Empty;

    /// <summary>What else can be done than to give a value, to end a sentence with; empty where nothing is to say.</summary>
    public string Otherwise { get; init; } = string.Empty;

    /// <summary>Whether a value is within the range.</summary>
    public bool Contains(double value) =>
        double.IsFinite(value) && (Above ? value > Least : value >= Least) && (Below ? value < Most : value <= Most);

    /// <summary>Whether a value is infinite in a range without an upper end, and nothing else is wrong with it.</summary>
    internal bool LacksOnlyFiniteness(double value) => double.IsPositiveInfinity(value) && double.IsPositiveInfinity(Most);

    /// <summary>The range in words: at least 0 and below 1.</summary>
    public override string ToString()
    {
        string from = string.Create(CultureInfo.InvariantCulture, $"{(Above ? "above" : "at least")} {Least}");
        return double.IsPositiveInfinity(Most)
            ? from
            : string.Create(CultureInfo.InvariantCulture, $"{from} and {(Below ? "below" : "at most")} {Most:#,0.##}");
    }
}
