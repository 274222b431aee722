using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>RMSprop (Hinton, 2012, lecture 6e, in PyTorch's form).</summary>
internal sealed class RMSprop : OptimizerDefinition<RMSprop.Formula>
{
    public override double LearningRate => 0.001;

    public override double? Alpha => 0.99;

    public override double? Epsilon => 1e-8;

    public override UpdateNumbers Numbers(in OptimizerValues values, long step, double rate) => new()
    {
        Rate = (float)rate,
        SecondDecay = (float)values.Alpha,
        SecondRest = (float)(1 - values.Alpha),
        Epsilon = (float)values.Epsilon,
    };

    /// <summary>s = decay × s + rest × g²; w - rate × g / (√s + ε).</summary>
    internal readonly struct Formula : IUpdateFormula
    {
        public static bool HasFirst => false;

        public static bool HasSecond => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Step<TSimd, TVector>(
            TVector weight, TVector slope, ref TVector first, ref TVector second, in UpdateVectors<TSimd, TVector> numbers)
            where TSimd : ISimd<TVector>
            where TVector : struct
        {
            second = TSimd.MultiplyAdd(numbers.SecondDecay, second, TSimd.Multiply(numbers.SecondRest, TSimd.Multiply(slope, slope)));
            TVector scale = TSimd.Divide(numbers.MinusRate, TSimd.Add(TSimd.Sqrt(second), numbers.Epsilon));
            return TSimd.MultiplyAdd(scale, slope, weight);
        }
    }
}
