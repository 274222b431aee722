namespace MlpPowerShell.Engine.Network;

/// <summary>How answers are made to say how sure they are.</summary>
public enum CalibrationMethod
{
    /// <summary>All sums are divided by one number (Guo et al., 2017): answers stay, and little data is enough.</summary>
    Temperature,

    /// <summary>A sigmoid of a line for each class or label (Platt, 1999), which moves probabilities up or down too.</summary>
    Platt,

    /// <summary>For each class or label any curve that never falls (Zadrozny and Elkan, 2002), which takes a thousand samples.</summary>
    Isotonic,

    /// <summary>
    /// Answers stay, and how far they were off is kept: from it come sets of classes, and intervals of numbers, that hold with any
    /// confidence that is asked for (split conformal prediction).
    /// </summary>
    Conformal,
}
