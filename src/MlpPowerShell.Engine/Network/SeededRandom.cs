using MathNet.Numerics.Random;

namespace MlpPowerShell.Engine.Network;

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
    }

    /// <summary>The generator for one purpose and, where it is drawn anew again and again, one round of it.</summary>
    public static Random For(int seed, Purpose purpose, int round = 0)
    {
        // Mixed, as seeds that differ in one bit would give generators that start alike (Steele et al., 2014, SplitMix64).
        ulong mixed = ((ulong)(uint)seed << 32) ^ ((ulong)purpose << 56) ^ (uint)round;
        mixed += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        return new Xoshiro256StarStar((int)(mixed ^ (mixed >> 32)), threadSafe: false);
    }
}
