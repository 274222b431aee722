using System.Diagnostics.CodeAnalysis;

namespace MlpPowerShell.Engine.Files;

/// <summary>Names what a file keeps of each weight; biases and scales stay whole.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The names of these types are what is meant.")]
public enum WeightPrecision
{
    /// <summary>All 32 bits.</summary>
    Single,

    /// <summary>16 bits, half the size, with a relative error of at most 2^-11 (IEEE 754 binary16).</summary>
    Half,

    /// <summary>
    /// 8 bits, a quarter of the size: a whole number from -127 to 127 times a scale of its unit, the largest weight / 127.
    /// </summary>
    Int8,
}
