namespace MlpPowerShell.Engine.Optimizers;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2).</summary>
internal sealed class AdamW : Adam
{
    public override double WeightDecay => 0.01;

    public override bool IsDecayDecoupled => true;
}
