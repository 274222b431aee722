using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Benchmarks;

/// <summary>The most multiply-adds that this machine does, measured: what every product is compared with.</summary>
internal static class FmaPeak
{
    private const int Chains = 12;
    private const int Steps = 200_000;

    /// <summary>GFLOP/s of that many threads at once, the best of many short runs.</summary>
    public static double Measure(int lanes, int threads)
    {
        double best = 0;
        for (int attempt = 0; attempt < 100; attempt++)
        {
            long start = Stopwatch.GetTimestamp();
            WorkerPool.Shared.Run(threads, threads, (_, _) => Run(lanes));
            best = Math.Max(best, 2.0 * lanes * Chains * Steps * threads / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    private static float Run(int lanes) => lanes switch
    {
        16 => Chain<Simd512, Vector512<float>>(),
        8 => Chain<Simd256, Vector256<float>>(),
        _ => Chain<Simd128, Vector128<float>>(),
    };

    // Twelve sums that don't wait for each other: more than latency times throughput of any processor's multiply-adds.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chain<TSimd, TVector>()
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        TVector x = TSimd.Create(0.5f), y = TSimd.Create(1f);
        TVector c0 = y, c1 = y, c2 = y, c3 = y, c4 = y, c5 = y, c6 = y, c7 = y, c8 = y, c9 = y, c10 = y, c11 = y;
        for (int i = 0; i < Steps; i++)
        {
            c0 = TSimd.MultiplyAdd(c0, x, y);
            c1 = TSimd.MultiplyAdd(c1, x, y);
            c2 = TSimd.MultiplyAdd(c2, x, y);
            c3 = TSimd.MultiplyAdd(c3, x, y);
            c4 = TSimd.MultiplyAdd(c4, x, y);
            c5 = TSimd.MultiplyAdd(c5, x, y);
            c6 = TSimd.MultiplyAdd(c6, x, y);
            c7 = TSimd.MultiplyAdd(c7, x, y);
            c8 = TSimd.MultiplyAdd(c8, x, y);
            c9 = TSimd.MultiplyAdd(c9, x, y);
            c10 = TSimd.MultiplyAdd(c10, x, y);
            c11 = TSimd.MultiplyAdd(c11, x, y);
        }

        TVector sum = TSimd.Add(TSimd.Add(TSimd.Add(c0, c1), TSimd.Add(c2, c3)), TSimd.Add(TSimd.Add(c4, c5), TSimd.Add(c6, c7)));
        return TSimd.Sum(TSimd.Add(sum, TSimd.Add(TSimd.Add(c8, c9), TSimd.Add(c10, c11))));
    }
}
