namespace MlpPowerShell.Engine.Kernels;

/// <summary>The activation functions, in the order in which they are listed.</summary>
internal static class ActivationTable
{
    public static Activation Identity { get; } = new Identity();

    public static Activation ReLU { get; } = new Rectifier();

    public static IReadOnlyList<Activation> All { get; } =
    [
        Identity,
        ReLU,
        new LeakyRectifier(),
        new ParametricRectifier(),
        new Elu(),
        new Sigmoid(),
        new HyperbolicTangent(),
        new Gelu(),
        new Silu(),
        new Softplus(),
        new GeluTanh(),
        new Mish(),
        new Selu(),
        new Rectifier6(),
        new HardSwish(),
        new HardSigmoid(),
        new Softsign(),
    ];
}
