using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>Gradient descent.</summary>
internal sealed class Sgd : OptimizerDefinition<Sgd.Formula>
{
    public override double LearningRate => 0.1;

    public override double RegressionLearningRate => 0.02;

    public override UpdateNumbers Numbers(in OptimizerValues values, long step, double rate) => new() { Rate = (float)rate };

    /// <summary>w - rate × g.</summary>
    internal readonly struct Formula : IUpdateFormula
    {
        public static bool HasFirst => false;

        public static bool HasSecond => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Step<TSimd, TVector>(
            TVector weight, TVector slope, ref TVector first, ref TVector second, in UpdateVectors<TSimd, TVector> numbers)
            where TSimd : ISimd<TVector>
            where TVector : struct => TSimd.MultiplyAdd(numbers.MinusRate, slope, weight);
    }
}
