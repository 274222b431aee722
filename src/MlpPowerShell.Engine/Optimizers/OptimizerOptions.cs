namespace MlpPowerShell.Engine.Optimizers;

/// <summary>What turns gradients into steps, and what keeps weights and gradients small. Defaults are PyTorch's.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The optimizer.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Sgd;

    /// <summary>The momentum of Momentum and Nesterov, from 0 to below 1.</summary>
    [Within("The momentum", 0, 1, Below = true)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>How much of its mean gradient Adam keeps each step, from 0 to below 1.</summary>
    [Within("The decay rate β₁", 0, 1, Below = true)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of its mean squared gradient Adam keeps each step, from 0 to below 1.</summary>
    [Within("The decay rate β₂", 0, 1, Below = true)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>How much of its mean squared gradient RMSprop keeps each step, from 0 to below 1.</summary>
    [Within("The decay rate α", 0, 1, Below = true)]
    public double Alpha { get; init; } = 0.99;

    /// <summary>Keeps denominators off zero, above 0; null for 1e-8, or 1e-10 with Adagrad.</summary>
    [Within("The epsilon", 0, Above = true)]
    public double? Epsilon { get; init; }

    /// <summary>
    /// Weight decay, at least 0, on all parameters: added to the gradient times the weight (L2 regularization), or with AdamW taken off the
    /// weights at the learning rate. Null for 0, or 0.01 with AdamW.
    /// </summary>
    [Within("The weight decay", 0)]
    public double? WeightDecay { get; init; }

    /// <summary>Added to the gradient with the sign of the weight (L1 regularization), at least 0.</summary>
    [Within("The L1 regularization", 0)]
    public double L1 { get; init; }

    /// <summary>The largest norm of the whole gradient, above 0; a longer one is shortened to it. Null for no limit.</summary>
    [Within("The largest gradient norm", 0, Above = true)]
    public double? ClipNorm { get; init; }

    /// <summary>The largest absolute value of each entry of the gradient, above 0. Null for no limit.</summary>
    [Within("The largest gradient value", 0, Above = true)]
    public double? ClipValue { get; init; }

    internal double EffectiveEpsilon => Epsilon ?? (Kind == OptimizerKind.Adagrad ? 1e-10 : 1e-8);

    internal double EffectiveWeightDecay => WeightDecay ?? (Kind == OptimizerKind.AdamW ? 0.01 : 0);

    /// <summary>A learning rate that suits an optimizer where nothing better is known: 0.1 for SGD, 0.05 with momentum, 0.01 for Adagrad, else 0.001.</summary>
    public static double DefaultLearningRate(OptimizerKind kind) => kind switch
    {
        OptimizerKind.Sgd => 0.1,
        OptimizerKind.Momentum or OptimizerKind.Nesterov => 0.05,
        OptimizerKind.Adagrad => 0.01,
        _ => 0.001,
    };

    /// <summary>Checks every option.</summary>
    /// <exception cref="MlpException">One is outside its range.</exception>
    public void Validate() => OptionCheck.Ranges(this);
}
