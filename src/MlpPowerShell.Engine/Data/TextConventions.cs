namespace MlpPowerShell.Engine.Data;

/// <summary>How a source of data writes numbers, dates and missing values, where somebody says so.</summary>
public sealed record TextConventions
{
    /// <summary>What stands before the fraction of numbers, a point or a comma; null to find out column by column.</summary>
    public char? DecimalSeparator { get; init; }

    /// <summary>How dates may be written beside ISO 8601, as .NET's formats, such as d.M.yyyy.</summary>
    public IReadOnlyList<string> DateFormats { get; init; } = [];

    /// <summary>Texts that stand for no value, beside an empty one, ?, NA, N/A, NaN and null; their case does not matter.</summary>
    public IReadOnlyList<string> MissingValues { get; init; } = [];

    /// <summary>Whether nothing is missing or impossible, as may be where they were read from a file.</summary>
    internal bool AreWhole => this is { DecimalSeparator: null or '.' or ',', DateFormats: not null, MissingValues: not null }
        && !DateFormats.Concat(MissingValues).Contains(null!);

    /// <summary>Whether nothing is said.</summary>
    public bool AreNone => DecimalSeparator is null && DateFormats.Count == 0 && MissingValues.Count == 0;
}
