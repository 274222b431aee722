namespace MlpPowerShell.Engine.Data;

/// <summary>What the values of a column are.</summary>
public enum ColumnKind
{
    /// <summary>Numbers.</summary>
    Number,

    /// <summary>True or false, which count as 1 and 0.</summary>
    Boolean,

    /// <summary>Dates, which count as days since the start of 2000.</summary>
    Date,

    /// <summary>Time spans, which count as seconds.</summary>
    Duration,

    /// <summary>Texts or names, each a category of its own.</summary>
    Category,
}
