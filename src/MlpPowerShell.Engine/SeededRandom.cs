using MathNet.Numerics.Random;

namespace MlpPowerShell.Engine;

/// <summary>The generators behind a seed: an independent one for each purpose, so that no use of one shifts another.</summary>
internal static class SeededRandom
{
    /// <summary>What the numbers are drawn for.</summary>
    internal enum Purpose
    {
        Weights = 1,
        Shuffle = 2,
        GradientCheck = 3,
        Split = 4,
        Dropout = 5,
        Augmentation = 6,
        Chunks = 7,
        Thinning = 8,
    }

    /// <summary>The generator for one purpose and, where it is drawn anew again and again, one round of it.</summary>
    public static Random For(int seed, Purpose purpose, int round = 0)
    {
        ulong key = Key(seed, purpose, round);
        return new Xoshiro256StarStar((int)(key ^ (key >> 32)), threadSafe: false);
    }

    /// <summary>
    /// Well-mixed bits for one purpose and one round of it: seeds that differ in one bit would give generators that start alike.
    /// </summary>
    public static ulong Key(int seed, Purpose purpose, int round) => Mix(((ulong)(uint)seed << 32) ^ ((ulong)purpose << 56) ^ (uint)round);

    /// <summary>SplitMix64 (Steele et al., 2014): every bit of the result depends on every bit of the value.</summary>
    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
