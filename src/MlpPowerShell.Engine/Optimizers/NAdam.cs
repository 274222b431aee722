using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>
/// Adam with Nesterov's momentum (Dozat, 2016, algorithm 8, with the momentum schedule of section 3.4 in PyTorch's form).
/// </summary>
internal sealed class NAdam : OptimizerDefinition<NAdam.Formula>
{
    // μ(t) = β₁ × (1 - 1/2 × 0.96^(0.004 t)), which rises to β₁.
    private static readonly double _ease = Math.Pow(0.96, 0.004);

    public override double LearningRate => 0.002;

    public override double? Beta1 => 0.9;

    public override double? Beta2 => 0.999;

    public override double? Epsilon => 1e-8;

    public override UpdateNumbers Numbers(in OptimizerValues values, long step, double rate)
    {
        double momentum = values.Beta1 * (1 - (0.5 * Math.Pow(_ease, step)));
        double next = values.Beta1 * (1 - (0.5 * Math.Pow(_ease, step + 1)));
        double product = ProductOfMomenta(values.Beta1, step);
        return new UpdateNumbers
        {
            Rate = (float)(rate * next / (1 - (product * next))),
            SlopeRate = (float)(rate * (1 - momentum) / (1 - product)),
            FirstDecay = (float)values.Beta1,
            FirstRest = (float)(1 - values.Beta1),
            SecondDecay = (float)values.Beta2,
            SecondRest = (float)(1 - values.Beta2),
            RootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(values.Beta2, step))),
            Epsilon = (float)values.Epsilon,
        };
    }

    /// <summary>The product of the momenta of all steps so far, taken for 0 where 1 less it is 1: after at most some 70 steps.</summary>
    private static double ProductOfMomenta(double beta1, long step)
    {
        const double Negligible = 1e-20;
        double product = 1, ease = 1;
        for (long i = 1; i <= step; i++)
        {
            ease *= _ease;
            product *= beta1 * (1 - (0.5 * ease));
            if (product < Negligible)
                return 0;
        }

        return product;
    }

    /// <summary>m and s as Adam's; w - (slope rate × g + rate × m) / (√s × correction + ε).</summary>
    internal readonly struct Formula : IUpdateFormula
    {
        public static bool HasFirst => true;

        public static bool HasSecond => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Step<TSimd, TVector>(
            TVector weight, TVector slope, ref TVector first, ref TVector second, in UpdateVectors<TSimd, TVector> numbers)
            where TSimd : ISimd<TVector>
            where TVector : struct
        {
            first = TSimd.MultiplyAdd(numbers.FirstDecay, first, TSimd.Multiply(numbers.FirstRest, slope));
            second = TSimd.MultiplyAdd(numbers.SecondDecay, second, TSimd.Multiply(numbers.SecondRest, TSimd.Multiply(slope, slope)));
            TVector move = TSimd.MultiplyAdd(numbers.MinusRate, first, TSimd.Multiply(numbers.MinusSlopeRate, slope));
            return TSimd.Add(weight, TSimd.Divide(move, TSimd.MultiplyAdd(TSimd.Sqrt(second), numbers.RootCorrection, numbers.Epsilon)));
        }
    }
}
