namespace MlpPowerShell.Engine.Data;

/// <summary>What the samples of a data set are for.</summary>
public enum MlpTask
{
    /// <summary>
    /// What the label suggests: texts, flags and few whole numbers are classes, other numbers are to be predicted themselves.
    /// </summary>
    Auto,

    /// <summary>One class for each sample.</summary>
    Classification,

    /// <summary>One number or several for each sample.</summary>
    Regression,

    /// <summary>Several labels for each sample, each of which holds or doesn't.</summary>
    MultiLabel,
}
