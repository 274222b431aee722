namespace MlpPowerShell.Engine.Evaluation;

/// <summary>A column of a data set: what it holds, and what a model would make of it.</summary>
public sealed record MlpColumn
{
    /// <summary>The column's name.</summary>
    public required string Name { get; init; }

    /// <summary>Feature, Label, or Aside where it only goes along.</summary>
    public required string Role { get; init; }

    /// <summary>What its values are: Number, Boolean, Date, Duration, Category, or Pixels.</summary>
    public required string Kind { get; init; }

    /// <summary>The type that its values had.</summary>
    public required string Type { get; init; }

    /// <summary>Different values; null where there are too many to count.</summary>
    public int? Distinct { get; init; }

    /// <summary>Missing values.</summary>
    public long Missing { get; init; }

    /// <summary>The smallest value, or null.</summary>
    public object? Minimum { get; init; }

    /// <summary>The largest value, or null.</summary>
    public object? Maximum { get; init; }

    /// <summary>Some values; of categories the most frequent ones.</summary>
    public IReadOnlyList<string> Examples { get; init => field = new ValueList<string>([.. value]); } = [];

    /// <summary>What a model would make of it.</summary>
    public string Encoding { get; init; } = string.Empty;

    /// <summary>What looks wrong, or null.</summary>
    public string? Warning { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Kind}";
}
