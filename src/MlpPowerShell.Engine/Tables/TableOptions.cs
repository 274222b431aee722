using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tables;

/// <summary>What a data set made of a table is for.</summary>
public enum MlpTask
{
    /// <summary>What the label suggests: texts and few whole numbers are classes, other numbers are to be predicted themselves.</summary>
    Auto,

    /// <summary>One class for each sample.</summary>
    Classification,

    /// <summary>One number or several for each sample.</summary>
    Regression,

    /// <summary>Several labels for each sample, each of which holds or doesn't.</summary>
    MultiLabel,
}

/// <summary>What becomes of numbers before they are features.</summary>
public enum FeatureScaling
{
    /// <summary>They are shifted and scaled to mean 0 and standard deviation 1.</summary>
    Standard,

    /// <summary>They are shifted and scaled to the range 0 to 1.</summary>
    MinMax,

    /// <summary>They are left as they are.</summary>
    None,
}

/// <summary>What becomes of missing values.</summary>
public enum MissingValues
{
    /// <summary>They are errors.</summary>
    Refuse,

    /// <summary>They become the mean of the column's other values; among categories the most frequent one.</summary>
    Mean,

    /// <summary>They become the median of the column's other values; among categories the most frequent one.</summary>
    Median,

    /// <summary>Their rows are left out.</summary>
    Drop,
}

/// <summary>How a table becomes a data set.</summary>
public sealed record TableOptions
{
    /// <summary>The columns to predict: one, or several numbers or labels.</summary>
    public required IReadOnlyList<string> Label { get; init; }

    /// <summary>Tells which of the other columns are features; all where it is null.</summary>
    public Func<string, bool>? IsFeature { get; init; }

    /// <summary>Tells which columns are categories although they hold numbers; none where it is null.</summary>
    public Func<string, bool>? IsCategory { get; init; }

    /// <summary>What the samples are for.</summary>
    public MlpTask Task { get; init; }

    /// <summary>What becomes of numbers.</summary>
    public FeatureScaling Scaling { get; init; } = FeatureScaling.Standard;

    /// <summary>What becomes of the numbers of one column where it differs from the rest, else null.</summary>
    public Func<string, FeatureScaling?>? ScalingOf { get; init; }

    /// <summary>What becomes of missing values.</summary>
    public MissingValues Missing { get; init; }

    /// <summary>The most categories of a column, at least 2: a text that differs in nearly every row says nothing about the next.</summary>
    public int MaxCategories { get; init; } = 50;

    /// <summary>Height and width where the features are an image's pixels from 0 to 255; null to find out from the columns.</summary>
    public ImageShape? ImageShape { get; init; }
}
