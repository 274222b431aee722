using System.Numerics;
using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// Inverted dropout (Srivastava et al., 2014): sets values to zero at random and scales the rest up. Whether a value stays is a hash of
/// key, layer, sample and unit, so that any worker finds the same answer at any time, and nothing need be stored.
/// </summary>
internal sealed unsafe class Dropout
{
    private const int Whole = 1 << 24;

    private readonly int[] _kept;
    private readonly float[] _scales;

    /// <param name="rates">The part dropped of the input, then of each hidden layer's output, from 0 to below 1.</param>
    public Dropout(IEnumerable<double> rates)
    {
        _kept = [.. rates.Select(rate => Math.Max(1, (int)Math.Round((1 - rate) * Whole)))];
        _scales = [.. _kept.Select(kept => (float)Whole / kept)];
    }

    /// <summary>Determines what is dropped, together with layer, sample and unit.</summary>
    public ulong Key { get; set; }

    /// <summary>Whether anything is dropped of the input (0) or of a hidden layer's output, counted from 1.</summary>
    public bool IsActive(int layer) => _kept[layer] < Whole;

    /// <summary>Drops values of one sample, and the same ones of also, where that is not null.</summary>
    /// <param name="layer">0 for the input, or a hidden layer counted from 1.</param>
    /// <param name="sample">The sample's place in the epoch.</param>
    /// <param name="first">The unit of the first value.</param>
    /// <param name="count">How many values.</param>
    /// <param name="values">The values.</param>
    /// <param name="also">As many values, or null.</param>
    /// <remarks>Bound by the hash, a dozen operations for each vector.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(int layer, int sample, int first, int count, float* values, float* also)
    {
        int kept = _kept[layer];
        float scale = _scales[layer];
        uint key = KeyOf(layer, sample);
        int i = 0;
        for (; i <= count - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            Vector<uint> hash = VectorHash.Bits(key, (uint)(first + i));
            Vector<float> factor = Vector.ConditionalSelect(
                Vector.LessThan(
                    Vector.AsVectorInt32(Vector.ShiftRightLogical(hash, 8)),
                    new Vector<int>(kept)), new Vector<float>(scale), Vector<float>.Zero);
            Multiply(values + i, factor);
            if (also != null)
                Multiply(also + i, factor);
        }

        for (; i < count; i++)
        {
            float factor = (int)(VectorHash.Bits(key, (uint)(first + i))[0] >> 8) < kept ? scale : 0f;
            values[i] *= factor;
            if (also != null)
                also[i] *= factor;
        }
    }

    /// <summary>What <see cref="Apply"/> multiplies one value by: 0, or what the rest is scaled by.</summary>
    public float Factor(int layer, int sample, int unit) =>
        (int)(VectorHash.Bits(KeyOf(layer, sample), (uint)unit)[0] >> 8) < _kept[layer] ? _scales[layer] : 0f;

    private uint KeyOf(int layer, int sample) => (uint)SeededRandom.Mix(Key ^ ((ulong)layer << 40) ^ (uint)sample);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(float* values, Vector<float> factor) =>
        Unsafe.WriteUnaligned(values, Unsafe.ReadUnaligned<Vector<float>>(values) * factor);
}
