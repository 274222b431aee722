namespace MlpPowerShell.Engine.Optimizers;

/// <summary>Names the optimizers, all in PyTorch's form.</summary>
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
}
