namespace MlpPowerShell.Engine.Data;

/// <summary>What goes together when a data set is divided.</summary>
public sealed record SplitOptions
{
    /// <summary>Whether each part gets as even a share of each class as can be, or of numbers to predict of each of ten ranges.</summary>
    public bool Stratify { get; init; }

    /// <summary>The same seed gives the same parts; null to cut the data set in its order.</summary>
    public int? Seed { get; init; }

    /// <summary>The column whose equal values stay in one part; null where samples go each their own way.</summary>
    public string? Group { get; init; }

    /// <summary>The column by which later samples go into later parts; null where time is of no account.</summary>
    public string? Time { get; init; }
}
