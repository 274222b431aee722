namespace MlpPowerShell.Engine.Tables;

/// <summary>What the values of a column are.</summary>
public enum ColumnKind
{
    /// <summary>Numbers.</summary>
    Number,

    /// <summary>True or false, which become 1 and 0.</summary>
    Boolean,

    /// <summary>Dates, which become days since the start of 2000.</summary>
    Date,

    /// <summary>Time spans, which become seconds.</summary>
    Duration,

    /// <summary>Texts, each a category of its own, which become one feature for each category: 1 for the one that it is, 0 for the others.</summary>
    Category,
}
