namespace MlpPowerShell;

/// <summary>Charts of what there are several of.</summary>
public enum ChartKind
{
    /// <summary>True classes against predicted ones.</summary>
    Confusion,

    /// <summary>How many predictions are right against how sure they are.</summary>
    Calibration,

    /// <summary>True against false positives over all thresholds.</summary>
    Roc,

    /// <summary>Precision against recall over all thresholds.</summary>
    PrecisionRecall,
}
