using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// Sums over the tiles of a batch, in float64: float32 would lose a part of each tile's sum to the total, the more the larger that has
/// grown. A batch of one tile has the sums of that, to the bit.
/// </summary>
internal sealed unsafe class TileTotals(int width)
{
    private readonly double[] _totals = new double[width];

    /// <summary>Adds what a tile sums to.</summary>
    /// <param name="column">The place of the first of some sums among those of the layer.</param>
    /// <param name="count">How many; at most the width of the layer less the column.</param>
    /// <param name="tile">The tile's.</param>
    /// <param name="sums">Where the totals go, as floats; may be where the tile's are.</param>
    /// <param name="mode">Whether the tile is the first of its batch.</param>
    public void Add(int column, int count, float* tile, float* sums, SumMode mode)
    {
        Span<double> totals = _totals.AsSpan(column, count);
        for (int j = 0; j < totals.Length; j++)
        {
            totals[j] = mode == SumMode.Add ? totals[j] + tile[j] : tile[j];
            sums[j] = (float)totals[j];
        }
    }
}
