using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>Lion (Chen et al., 2023, algorithm 2): a step of the same size for every weight, along the sign of a mean gradient.</summary>
internal sealed class Lion : OptimizerDefinition<Lion.Formula>
{
    public override double LearningRate => 0.0001;

    public override double? Beta1 => 0.9;

    public override double? Beta2 => 0.99;

    public override bool IsDecayDecoupled => true;

    public override UpdateNumbers Numbers(in OptimizerValues values, long step, double rate) => new()
    {
        Rate = (float)rate,
        FirstDecay = (float)values.Beta1,
        FirstRest = (float)(1 - values.Beta1),
        SecondDecay = (float)values.Beta2,
        SecondRest = (float)(1 - values.Beta2),
    };

    /// <summary>c = β₁ × m + (1 - β₁) × g; w - rate × sign(c); m = β₂ × m + (1 - β₂) × g.</summary>
    internal readonly struct Formula : IUpdateFormula
    {
        public static bool HasFirst => true;

        public static bool HasSecond => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Step<TSimd, TVector>(
            TVector weight, TVector slope, ref TVector first, ref TVector second, in UpdateVectors<TSimd, TVector> numbers)
            where TSimd : ISimd<TVector>
            where TVector : struct
        {
            TVector zero = TSimd.Create(0f), plusRate = TSimd.Subtract(zero, numbers.MinusRate);
            TVector direction = TSimd.MultiplyAdd(numbers.FirstDecay, first, TSimd.Multiply(numbers.FirstRest, slope));
            TVector move = TSimd.SelectGreater(direction, zero, numbers.MinusRate, TSimd.SelectGreater(zero, direction, plusRate, zero));
            first = TSimd.MultiplyAdd(numbers.SecondDecay, first, TSimd.Multiply(numbers.SecondRest, slope));

            // A sign forgets what isn't finite, which has to reach the weights to be noticed.
            return TSimd.MultiplyAdd(zero, first, TSimd.Add(weight, move));
        }
    }
}
