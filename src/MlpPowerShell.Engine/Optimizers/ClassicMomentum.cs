using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>Gradient descent with momentum (Polyak, 1964, in the form of Sutskever et al., 2013, that PyTorch has).</summary>
internal sealed class ClassicMomentum : OptimizerDefinition<ClassicMomentum.Formula>
{
    public override double LearningRate => 0.05;

    public override double RegressionLearningRate => 0.005;

    public override double? Momentum => 0.9;

    public override UpdateNumbers Numbers(in OptimizerValues values, long step, double rate) =>
        new() { Rate = (float)rate, FirstDecay = (float)values.Momentum };

    /// <summary>v = momentum × v + g; w - rate × v.</summary>
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
            first = TSimd.MultiplyAdd(numbers.FirstDecay, first, slope);
            return TSimd.MultiplyAdd(numbers.MinusRate, first, weight);
        }
    }
}
