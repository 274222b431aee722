using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>Adagrad (Duchi et al., 2011, in PyTorch's form): RMSprop whose mean square is a sum.</summary>
internal sealed class Adagrad : OptimizerDefinition<RMSprop.Formula>
{
    public override double LearningRate => 0.01;

    public override double? Epsilon => 1e-10;

    public override UpdateNumbers Numbers(in OptimizerValues values, long step, double rate) =>
        new() { Rate = (float)rate, SecondDecay = 1, SecondRest = 1, Epsilon = (float)values.Epsilon };
}
