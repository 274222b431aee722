namespace MlpPowerShell.Engine.Optimizers;

/// <summary>Names the optimizers.</summary>
public enum OptimizerKind
{
    /// <summary>Gradient descent: w -= rate × g.</summary>
    Sgd,

    /// <summary>Gradient descent with momentum, PyTorch's form: v = momentum × v + g, w -= rate × v.</summary>
    Momentum,

    /// <summary>Nesterov's momentum, PyTorch's form: v = momentum × v + g, w -= rate × (g + momentum × v).</summary>
    Nesterov,

    /// <summary>Adam with β₁ = 0.9, β₂ = 0.999, ε = 1e-8 (Kingma and Ba, 2015, algorithm 1).</summary>
    Adam,
}
