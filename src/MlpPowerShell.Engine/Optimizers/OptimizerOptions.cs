using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>What turns gradients into steps, and what keeps weights and gradients small. Defaults are PyTorch's.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The optimizer.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Sgd;

    /// <summary>The momentum of Momentum and Nesterov, from 0 to below 1; null for the optimizer's own.</summary>
    [Within("The momentum", 0, 1, Below = true)]
    public double? Momentum { get; init; }

    /// <summary>
    /// How much of its mean gradient an optimizer of Adam's kind keeps each step, from 0 to below 1; null for the optimizer's own.
    /// </summary>
    [Within("The decay rate β₁", 0, 1, Below = true)]
    public double? Beta1 { get; init; }

    /// <summary>
    /// How much of its mean squared gradient an optimizer of Adam's kind keeps each step, or Lion of its mean gradient, from 0 to below 1;
    /// null for the optimizer's own.
    /// </summary>
    [Within("The decay rate β₂", 0, 1, Below = true)]
    public double? Beta2 { get; init; }

    /// <summary>How much of its mean squared gradient RMSprop keeps each step, from 0 to below 1; null for the optimizer's own.</summary>
    [Within("The decay rate α", 0, 1, Below = true)]
    public double? Alpha { get; init; }

    /// <summary>Keeps denominators off zero, above 0; null for the optimizer's own.</summary>
    [Within("The epsilon", 0, Above = true)]
    public double? Epsilon { get; init; }

    /// <summary>
    /// Weight decay, at least 0: added to the gradient times the weight (L2 regularization), or where it is decoupled taken off the weights
    /// at the learning rate. Null for the optimizer's own.
    /// </summary>
    [Within("The weight decay", 0)]
    public double? WeightDecay { get; init; }

    /// <summary>
    /// L1 regularization, at least 0: after each step weights come as much nearer to 0 as this times the learning rate, and no further, the
    /// proximal step (Duchi and Singer, 2009, equation 19; Parikh and Boyd, 2014, section 6.5.2).
    /// </summary>
    [Within("The L1 regularization", 0)]
    public double L1 { get; init; }

    /// <summary>
    /// Whether weight decay and L1 pull at biases, scales of batch normalization and slopes of PReLU too, and not at weights alone.
    /// </summary>
    public bool DecayBias { get; init; }

    /// <summary>The largest norm of the whole gradient, above 0; a longer one is shortened to it. Null for no limit.</summary>
    [Within("The largest gradient norm", 0, Above = true)]
    public double? ClipNorm { get; init; }

    /// <summary>The largest absolute value of each entry of the gradient, above 0. Null for no limit.</summary>
    [Within("The largest gradient value", 0, Above = true)]
    public double? ClipValue { get; init; }

    /// <summary>The options that are given and that the optimizer does not have.</summary>
    public IEnumerable<UnusedOption> Unused => UnusedValues.Concat(
        DecayBias && L1 == 0 && Kind.Definition().ValuesOf(this).WeightDecay == 0
            ? [new UnusedOption(nameof(DecayBias), $"it needs weight decay{Hint.With(nameof(WeightDecay))} or L1{Hint.With(nameof(L1))}")]
            : []);

    private IEnumerable<UnusedOption> UnusedValues =>
        from option in new[] { nameof(Momentum), nameof(Beta1), nameof(Beta2), nameof(Alpha), nameof(Epsilon) }
        where Given(option) is not null && Own(Kind, option) is null
        select UnusedOption.Of(option, "optimizer", Array.FindAll(Enum.GetValues<OptimizerKind>(), kind => Own(kind, option) is not null));

    /// <summary>
    /// A learning rate that suits an optimizer where nothing better is known. Where numbers are predicted, the steps of Sgd, Momentum and
    /// Nesterov are smaller: at their other rates half of twenty tables diverged, at these none.
    /// </summary>
    public static double DefaultLearningRate(OptimizerKind kind, LossKind loss) =>
        loss.IsRegression() ? kind.Definition().RegressionLearningRate : kind.Definition().LearningRate;

    /// <summary>The same without decay rates that the optimizer has by itself or has not.</summary>
    internal OptimizerOptions WithoutDefaults()
    {
        OptimizerDefinition definition = Kind.Definition();
        return this with
        {
            Momentum = Unless(Momentum, definition.Momentum),
            Beta1 = Unless(Beta1, definition.Beta1),
            Beta2 = Unless(Beta2, definition.Beta2),
            Alpha = Unless(Alpha, definition.Alpha),
        };
    }

    /// <summary>Checks every option.</summary>
    /// <exception cref="MlpException">One is outside its range.</exception>
    public void Validate() => OptionCheck.Ranges(this);

    private double? Given(string option) => (double?)GetType().GetProperty(option)!.GetValue(this);

    /// <summary>What an optimizer has for an option where nothing is given; null where it has no such option.</summary>
    private static double? Own(OptimizerKind kind, string option) =>
        (double?)typeof(OptimizerDefinition).GetProperty(option)!.GetValue(kind.Definition());

    private static double? Unless(double? given, double? own) => own is null || given == own ? null : given;
}
