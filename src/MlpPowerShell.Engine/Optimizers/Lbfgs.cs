using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>
/// L-BFGS: steps of the length that a line search finds, along the gradient times an approximate inverse of the Hessian (Liu and Nocedal,
/// 1989; Nocedal and Wright, 2006, algorithm 7.5). What it remembers are pairs of steps and the changes of the gradient along them.
/// </summary>
internal sealed class Lbfgs : OptimizerDefinition<Sgd.Formula>
{
    /// <summary>The length that is tried first, that of a Newton step.</summary>
    public override double LearningRate => 1;

    public override bool SearchesLines => true;

    public override UpdateNumbers Numbers(in OptimizerValues values, long step, double rate) => new() { Rate = (float)rate };
}
