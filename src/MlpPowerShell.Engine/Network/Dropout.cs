using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// Inverted dropout (Srivastava et al., 2014): sets values to zero at random and scales the rest up. Whether a value stays is a hash of
/// key, layer, sample and unit, so that any worker finds the same answer at any time, and nothing need be stored.
/// </summary>
internal sealed unsafe class Dropout
{
    private const int Group = 4;
    private const uint Whole = 1 << 16;

    private readonly uint[] _kept;
    private readonly float[] _scales;

    /// <param name="rates">The part dropped of the input, then of each hidden layer's output, from 0 to below 1, rounded to a 65,536th.</param>
    public Dropout(IEnumerable<double> rates)
    {
        _kept = [.. rates.Select(rate => (uint)Math.Round((1 - rate) * Whole))];
        _scales = [.. _kept.Select(kept => (float)Whole / kept)];
    }

    /// <summary>Determines what is dropped, together with layer, sample and unit.</summary>
    public ulong Key { get; set; }

    /// <summary>Whether anything is dropped of the input (0) or of a hidden layer's output, counted from 1.</summary>
    public bool IsActive(int layer) => _kept[layer] < Whole;

    /// <summary>Drops values of one sample, and the same ones of also, where that is not null.</summary>
    /// <param name="layer">0 for the input, or a hidden layer counted from 1.</param>
    /// <param name="sample">The sample's place in the epoch.</param>
    /// <param name="first">The unit of the first value, a multiple of 4.</param>
    /// <param name="count">Values; the memory holds a multiple of 4.</param>
    /// <param name="values">The values.</param>
    /// <param name="also">As many values, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(int layer, int sample, int first, int count, float* values, float* also)
    {
        uint kept = _kept[layer];
        float scale = _scales[layer];
        ulong key = SeededRandom.Mix(Key ^ ((ulong)layer << 40) ^ (uint)sample);
        for (int i = 0; i < count; i += Group)
        {
            // 16 bits of the hash for each value.
            ulong bits = SeededRandom.Mix(key + (ulong)(first + i));
            for (int lane = i; lane < i + Group; lane++, bits >>= 16)
            {
                float factor = (ushort)bits < kept ? scale : 0f;
                values[lane] *= factor;
                if (also != null)
                    also[lane] *= factor;
            }
        }
    }
}
