namespace MlpPowerShell.Engine.Kernels;

/// <summary>Sums of squares that no size of the values spoils.</summary>
internal static unsafe class SquareSum
{
    /// <summary>Below this, squares may have been too small for float32 to hold.</summary>
    private const float Least = 1e-25f;

    /// <summary>A sum of squares as a kernel has it, where float32 can hold it, and otherwise summed anew in float64.</summary>
    /// <param name="sum">The kernel's sum.</param>
    /// <param name="values">What it is of.</param>
    /// <param name="length">How many values.</param>
    public static double Exact(float sum, float* values, int length)
    {
        if (sum >= Least && float.IsFinite(sum))
            return sum;
        var all = new ReadOnlySpan<float>(values, length);
        if (!all.ContainsAnyExcept(0f))
            return 0;
        double exact = 0;
        foreach (float value in all)
            exact += (double)value * value;
        return exact;
    }
}
