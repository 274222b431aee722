namespace MlpPowerShell.Engine.Network;

/// <summary>What samples are encoded for, which decides what becomes of labels that are missing or not known.</summary>
internal enum EncodingPurpose
{
    /// <summary>Every sample needs a label that the model knows.</summary>
    Training,

    /// <summary>Every sample needs a label; classes that the model doesn't know count as mistakes, unless it knows none of them.</summary>
    Measuring,

    /// <summary>Labels are of no account.</summary>
    Predicting,
}
