using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>Adam (Kingma and Ba, 2015, algorithm 1).</summary>
internal class Adam : OptimizerDefinition<Adam.Formula>
{
    public override double LearningRate => 0.001;

    public sealed override double? Beta1 => 0.9;

    public sealed override double? Beta2 => 0.999;

    public sealed override double? Epsilon => 1e-8;

    public sealed override UpdateNumbers Numbers(in OptimizerValues values, long step, double rate) => new()
    {
        Rate = (float)(rate / (1 - Math.Pow(values.Beta1, step))),
        FirstDecay = (float)values.Beta1,
        FirstRest = (float)(1 - values.Beta1),
        SecondDecay = (float)values.Beta2,
        SecondRest = (float)(1 - values.Beta2),
        RootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(values.Beta2, step))),
        Epsilon = (float)values.Epsilon,
    };

    /// <summary>m = β₁ × m + (1 - β₁) × g; s = β₂ × s + (1 - β₂) × g²; w - rate × m / (√s × correction + ε).</summary>
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
            TVector scale = TSimd.Divide(numbers.MinusRate, TSimd.MultiplyAdd(TSimd.Sqrt(second), numbers.RootCorrection, numbers.Epsilon));
            return TSimd.MultiplyAdd(scale, first, weight);
        }
    }
}
