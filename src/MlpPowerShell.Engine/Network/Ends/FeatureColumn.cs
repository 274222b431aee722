using System.Text.Json.Serialization;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>How the values of one column become features: fitted once, and the same for every row from then on.</summary>
public sealed record FeatureColumn
{
    private const double DaysOfWeek = 7;
    private const double DaysOfYear = 365.2425;

    private Dictionary<string, int>? _places;

    // Lists are arrays, which PowerShell can take an element of. A file may say null, which its reader refuses.

    /// <summary>The column's name.</summary>
    public required string Name { get; init; }

    /// <summary>What its values are.</summary>
    public ColumnKind Kind { get; init; }

    /// <summary>The type that its values had, by its full name; null where it is not known.</summary>
    public string? Type { get; init; }

    /// <summary>Whether numbers become their logarithm first: sign(x) ln(1 + |x|).</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>
    /// Numbers that become the <see cref="Ranks"/> first, and what lies between in proportion; empty where they don't. They rise.
    /// </summary>
    public IReadOnlyList<double> Knots { get; init => field = value?.ToArray()!; } = Array.Empty<double>();

    /// <summary>What the <see cref="Knots"/> become, from 0 to 1.</summary>
    public IReadOnlyList<double> Ranks { get; init => field = value?.ToArray()!; } = Array.Empty<double>();

    /// <summary>A number x becomes (x - Shift) × Factor.</summary>
    public double Shift { get; init; }

    /// <inheritdoc cref="Shift"/>
    public double Factor { get; init; } = 1;

    /// <summary>The number that a missing one is replaced by; null where a missing one is an error, or its row is left out.</summary>
    public double? Fill { get; init; }

    /// <summary>Whether one more feature is 1 where the number is missing, and 0 elsewhere.</summary>
    public bool HasIndicator { get; init; }

    /// <summary>The categories, each a feature; empty for numbers.</summary>
    public IReadOnlyList<string> Categories { get; init => field = value?.ToArray()!; } = Array.Empty<string>();

    /// <summary>Whether one more feature stands for the categories that are too rare to have one of their own.</summary>
    public bool HasOther { get; init; }

    /// <summary>The categories that are too rare; of some older models, where unknown ones are one of them too, empty.</summary>
    public IReadOnlyList<string> Rare { get; init => field = value?.ToArray()!; } = Array.Empty<string>();

    /// <summary>What becomes of a category that is not known.</summary>
    public UnknownCategory Unknown { get; init; }

    /// <summary>Whether categories that differ in case alone are one.</summary>
    public bool IgnoresCase { get; init; }

    /// <summary>The category that a missing one is replaced by; null where a missing one is an error, or its row is left out.</summary>
    public string? FillCategory { get; init; }

    /// <summary>Whether rows that miss the value are left out.</summary>
    public bool DropsMissing { get; init; }

    /// <summary>What dates become beside their day.</summary>
    public DateParts Parts { get; init; }

    /// <summary>The smallest number that the column was fitted to.</summary>
    public double? Minimum { get; init; }

    /// <summary>The largest number that the column was fitted to.</summary>
    public double? Maximum { get; init; }

    /// <summary>Values that were missing in what the column was fitted to.</summary>
    public long MissingCount { get; init; }

    /// <summary>Features that the column becomes.</summary>
    [JsonIgnore]
    public int Width => Kind == ColumnKind.Category ? Categories.Count + (HasOther ? 1 : 0) : DenseWidth;

    /// <summary>What a value x of the column becomes, in words.</summary>
    [JsonIgnore]
    public string Encoding
    {
        get
        {
            if (Kind == ColumnKind.Category)
            {
                return $"{Width} features, one for each category{(HasOther ? ", and one for rare ones" : string.Empty)}"
                    + (FillCategory is null || MissingCount == 0 ? string.Empty : $"; '{FillCategory}' where missing");
            }

            string x = Kind == ColumnKind.Date ? "days from 2000" : Kind == ColumnKind.Duration ? "seconds" : "x";
            x = IsLogarithmic ? $"sign(x) ln(1 + |{x}|)" : Knots.Count > 0 ? $"rank of {x}" : x;
            string filled = MissingCount > 0 && Fill is not null ? FormattableString.Invariant($"; {Fill:G5} where missing") : string.Empty;
            return FormattableString.Invariant($"({x} {(Shift < 0 ? '+' : '-')} {Math.Abs(Shift):G4}) × {Factor:G4}")
                + string.Concat(FeatureNames.Skip(1).Select(name => $", {name}")) + filled;
        }
    }

    /// <summary>The column's name, and what becomes of its values.</summary>
    public override string ToString() => $"{Name}: {Encoding}";

    /// <summary>Features of these that are numbers, and not one of several of which one is 1.</summary>
    [JsonIgnore]
    internal int DenseWidth => Kind == ColumnKind.Category ? 0 : 1 + (2 * Periods.Length) + (HasIndicator ? 1 : 0);

    /// <summary>The days after which the circles that a date goes along with close.</summary>
    [JsonIgnore]
    internal double[] Periods
    {
        get
        {
            (DateParts Part, double Days)[] circles = [(DateParts.Weekday, DaysOfWeek), (DateParts.Month, DaysOfYear), (DateParts.Hour, 1)];
            return [.. circles.Where(circle => Parts.HasFlag(circle.Part)).Select(circle => circle.Days)];
        }
    }

    /// <summary>The names of the features.</summary>
    [JsonIgnore]
    internal IEnumerable<string> FeatureNames
    {
        get
        {
            if (Kind == ColumnKind.Category)
                return [.. Categories.Select(category => $"{Name}={category}"), .. HasOther ? [$"{Name}=(other)"] : Array.Empty<string>()];
            IEnumerable<string> circles = new[] { DateParts.Weekday, DateParts.Month, DateParts.Hour }.Where(part => part != 0
                && Parts.HasFlag(part))
                .SelectMany(part => new[] { $"{Name} {part} sine", $"{Name} {part} cosine" });
            return [Name, .. circles, .. HasIndicator ? [$"{Name} missing"] : Array.Empty<string>()];
        }
    }

    /// <summary>The feature of a number, without anything beside it.</summary>
    internal float Scale(double number) => (float)((Transform(number) - Shift) * Factor);

    /// <summary>The number that a feature stands for; of a target, which is never ranked.</summary>
    internal double Unscale(double feature)
    {
        double number = (feature / Factor) + Shift;
        return IsLogarithmic ? Math.CopySign(Math.Exp(Math.Abs(number)) - 1, number) : number;
    }

    /// <summary>Writes the features of a number.</summary>
    /// <param name="number">The number; NaN where it is missing.</param>
    /// <param name="features">As many as the <see cref="DenseWidth"/>.</param>
    /// <returns>Whether they are finite; not where the number is missing and nothing fills it.</returns>
    internal bool Encode(double number, Span<float> features)
    {
        bool isMissing = double.IsNaN(number);
        double value = isMissing ? Fill ?? double.NaN : number;
        features[0] = Scale(value);
        int place = 1;
        foreach (double period in Periods)
        {
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * (value / period - Math.Floor(value / period)));
            features[place++] = (float)sine;
            features[place++] = (float)cosine;
        }

        if (HasIndicator)
            features[place] = isMissing ? 1 : 0;
        return float.IsFinite(features[0]);
    }

    /// <summary>The place of a category among the features of the column; -1 for none.</summary>
    /// <param name="text">The category; null where it is missing.</param>
    /// <param name="isKnown">Whether it is one of the known ones, rare ones included, or missing and filled.</param>
    internal int PlaceOf(string? text, out bool isKnown)
    {
        text ??= FillCategory;
        int place = -1;

        // Blanks around a text count where they tell two apart: some readers leave them out, and others keep them.
        bool isThere = text is not null && (Places.TryGetValue(text, out place) || Places.TryGetValue(text.Trim(), out place));
        isKnown = isThere || (text is not null && TakesUnknown && Rare.Count == 0);
        return isThere ? place : text is not null && TakesUnknown ? Categories.Count : -1;
    }

    /// <summary>Whether a category that is not known counts as the rare ones do.</summary>
    internal bool TakesUnknown => HasOther && Unknown == UnknownCategory.Other;

    private Dictionary<string, int> Places
    {
        get
        {
            if (_places is null)
            {
                var places = new Dictionary<string, int>(IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
                for (int i = 0; i < Categories.Count; i++)
                    places.TryAdd(Categories[i], i);
                foreach (string category in Rare)
                    places.TryAdd(category, Categories.Count);
                for (int i = 0; i < Categories.Count; i++)
                    places.TryAdd(Categories[i].Trim(), i);
                foreach (string category in Rare)
                    places.TryAdd(category.Trim(), Categories.Count);
                _places = places;
            }

            return _places;
        }
    }

    private double Transform(double number)
    {
        if (IsLogarithmic)
            return Math.CopySign(MathNet.Numerics.SpecialFunctions.Log1p(Math.Abs(number)), number);
        if (Knots.Count == 0 || double.IsNaN(number))
            return number;
        int above = Array.BinarySearch((double[])Knots, number);
        if (above >= 0)
            return Ranks[above];
        above = ~above;
        return above == 0 ? Ranks[0] : above == Knots.Count ? Ranks[^1]
            : Ranks[above - 1] + ((number - Knots[above - 1]) / (Knots[above] - Knots[above - 1]) * (Ranks[above] - Ranks[above - 1]));
    }
}
