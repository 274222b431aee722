namespace MlpPowerShell.Engine.Network;

/// <summary>What becomes of numbers before they are features.</summary>
public enum FeatureScaling
{
    /// <summary>They are shifted and scaled to mean 0 and standard deviation 1.</summary>
    Standard,

    /// <summary>They are shifted and scaled to the range 0 to 1.</summary>
    MinMax,

    /// <summary>They are left as they are.</summary>
    None,

    /// <summary>They are shifted by their median and scaled by the distance of their quartiles, which outliers don't move.</summary>
    Robust,

    /// <summary>
    /// They become the logarithm of 1 + their distance from 0, with their sign, to mean 0 and standard deviation 1: for numbers of many
    /// sizes.
    /// </summary>
    Log,

    /// <summary>They become their rank among the training data, evenly spread, to mean 0 and standard deviation 1.</summary>
    Quantile,
}

/// <summary>What becomes of missing values.</summary>
public enum MissingValues
{
    /// <summary>They become the median of the column's other values; among categories and flags the most frequent one.</summary>
    Fill,

    /// <summary>They become the mean of the column's other values; among categories the most frequent one.</summary>
    Mean,

    /// <summary>They become the median of the column's other values; among categories the most frequent one.</summary>
    Median,

    /// <summary>They become the most frequent of the column's other values.</summary>
    MostFrequent,

    /// <summary>
    /// They are filled as with Fill, and one more feature tells where; among categories they are a category of their own.
    /// </summary>
    Indicator,

    /// <summary>Their rows are left out.</summary>
    Drop,

    /// <summary>They are errors.</summary>
    Refuse,
}

/// <summary>What becomes of missing labels.</summary>
public enum MissingLabels
{
    /// <summary>They are errors where labels are needed.</summary>
    Refuse,

    /// <summary>Their rows are left out where labels are needed.</summary>
    Drop,
}

/// <summary>What becomes of a category that the model doesn't know.</summary>
public enum UnknownCategory
{
    /// <summary>It is none of the known ones: all their features are 0.</summary>
    Ignore,

    /// <summary>It is one of the rare ones that have a feature in common; where there are none, none of the known ones.</summary>
    Other,

    /// <summary>It is an error.</summary>
    Error,
}

/// <summary>What a date becomes beside its day.</summary>
[Flags]
public enum DateParts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The place in the week, on a circle.</summary>
    Weekday = 1,

    /// <summary>The place in the year, on a circle.</summary>
    Month = 2,

    /// <summary>The place in the day, on a circle.</summary>
    Hour = 4,
}

/// <summary>What becomes of the missing values of a column.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Constant">What they become instead; null for what the rule says.</param>
public readonly record struct MissingRule(MissingValues Rule, object? Constant = null);

/// <summary>How the columns of a data set become features of a model.</summary>
public sealed record EncodingOptions
{
    /// <summary>
    /// What becomes of numbers; null for what suits them: columns of tables are standardized, arrays of numbers left as they are. Numbers
    /// to predict are standardized with None too, unless they have a scaling of their own.
    /// </summary>
    public FeatureScaling? Scaling { get; init; }

    /// <summary>What becomes of the numbers of one column where it differs from the rest, else null.</summary>
    public Func<string, FeatureScaling?>? ScalingOf { get; init; }

    /// <summary>What becomes of missing values.</summary>
    public MissingValues Missing { get; init; }

    /// <summary>What becomes of the missing values of one column where it differs from the rest, else null.</summary>
    public Func<string, MissingRule?>? MissingOf { get; init; }

    /// <summary>What becomes of missing labels.</summary>
    public MissingLabels MissingLabel { get; init; }

    /// <summary>
    /// All classes of the label in the order of the model's outputs, the lowest first, and maybe some that no sample has; empty for the
    /// order of numbers, dates or declared texts, or of the alphabet.
    /// </summary>
    public IReadOnlyList<string> ClassOrder { get; init; } = [];

    /// <summary>The most categories of a column that have a feature of their own, at least 2; the rarer ones have one in common.</summary>
    [Within("The most categories of a column", 2)]
    public int MaxCategories { get; init; } = 10_000;

    /// <summary>
    /// How often a category must occur to have a feature of its own, at least 1; the rarer ones have one in common. Null for once, but for
    /// columns of which something can be learned about a category that was never met: see <see cref="UnknownCategory"/>.
    /// </summary>
    [Within("The least count of a category", 1)]
    public int? MinCategoryCount { get; init; }

    /// <summary>
    /// What becomes of categories that are not known. Where they are others, and five categories or more of a column occur once, these are
    /// rare, unless it is said how often one must occur: all that is to be learned from them is what a category means that was never met.
    /// </summary>
    public UnknownCategory UnknownCategory { get; init; } = UnknownCategory.Other;

    /// <summary>Whether categories that differ in case alone are one.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>What the dates of a column become beside their day; nothing where it is null.</summary>
    public Func<string, DateParts>? DatePartsOf { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="MlpException">One is outside its range.</exception>
    public void Validate() => OptionCheck.Ranges(this);
}
