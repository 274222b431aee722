namespace MlpPowerShell.Engine.Optimizers;

/// <summary>Names the optimizers, all in PyTorch's form. Files hold their numbers, so that new ones come last.</summary>
public enum OptimizerKind
{
    /// <summary>Gradient descent: w -= rate × g.</summary>
    Sgd,

    /// <summary>Gradient descent with momentum: v = momentum × v + g, w -= rate × v.</summary>
    Momentum,

    /// <summary>Nesterov's momentum: v = momentum × v + g, w -= rate × (g + momentum × v).</summary>
    Nesterov,

    /// <summary>RMSprop: s = α s + (1 - α) g², w -= rate × g / (√s + ε) (Hinton, 2012, lecture 6e).</summary>
    RMSprop,

    /// <summary>Adagrad: s += g², w -= rate × g / (√s + ε) (Duchi et al., 2011).</summary>
    Adagrad,

    /// <summary>Adam (Kingma and Ba, 2015, algorithm 1).</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2).</summary>
    AdamW,

    /// <summary>
    /// Lion: steps of one size along the sign of a mean gradient, with decoupled weight decay (Chen et al., 2023, algorithm 2).
    /// </summary>
    Lion,

    /// <summary>Adam with Nesterov's momentum (Dozat, 2016).</summary>
    NAdam,

    /// <summary>L-BFGS with a line search, for the whole training set at once (Liu and Nocedal, 1989).</summary>
    LBFGS,
}

internal static class OptimizerTable
{
    /// <summary>What there is to know of an optimizer.</summary>
    public static OptimizerDefinition Definition(this OptimizerKind kind) => kind switch
    {
        OptimizerKind.Sgd => new Sgd(),
        OptimizerKind.Momentum => new ClassicMomentum(),
        OptimizerKind.Nesterov => new Nesterov(),
        OptimizerKind.RMSprop => new RMSprop(),
        OptimizerKind.Adagrad => new Adagrad(),
        OptimizerKind.Adam => new Adam(),
        OptimizerKind.AdamW => new AdamW(),
        OptimizerKind.Lion => new Lion(),
        OptimizerKind.NAdam => new NAdam(),
        OptimizerKind.LBFGS => new Lbfgs(),
    };
}
