using MathNet.Numerics;

namespace MlpPowerShell.Engine.Network;

/// <summary>Names the activation functions.</summary>
public enum ActivationKind
{
    /// <summary>x.</summary>
    Identity,

    /// <summary>max(x, 0), with derivative 0 at 0.</summary>
    ReLU,

    /// <summary>x above 0, 0.01 x elsewhere (Maas et al., 2013).</summary>
    LeakyReLU,

    /// <summary>x above 0, e^x - 1 elsewhere (Clevert et al., 2016).</summary>
    ELU,

    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x times the normal distribution function (Hendrycks and Gimpel, 2016), by the error function.</summary>
    GELU,

    /// <summary>x times the sigmoid of x, also called swish (Elfwing et al., 2018).</summary>
    SiLU,

    /// <summary>ln(1 + e^x).</summary>
    Softplus,
}

/// <summary>
/// An activation function and its derivative in float64, the definitions that the vectorised float32 kernels are tested against.
/// </summary>
public sealed class Activation
{
    private const double LeakySlope = 0.01;

    private static readonly Activation[] _all = [.. Enum.GetValues<ActivationKind>().Select(kind => new Activation(kind))];

    private Activation(ActivationKind kind) => Kind = kind;

    /// <summary>Which function this is.</summary>
    public ActivationKind Kind { get; }

    /// <summary>The function's name.</summary>
    public string Name => Kind.ToString();

    /// <summary>Whether the function is ReLU or one of its relatives, for which He's initialization was derived.</summary>
    public bool IsRectifier => Kind is ActivationKind.ReLU or ActivationKind.LeakyReLU or ActivationKind.ELU or ActivationKind.GELU or ActivationKind.SiLU;

    /// <summary>The function of that kind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">kind names none.</exception>
    public static Activation Of(ActivationKind kind) =>
        (uint)kind < _all.Length ? _all[(int)kind] : throw new ArgumentOutOfRangeException(nameof(kind));

    /// <summary>The function's value at any finite x, without overflow on the way.</summary>
    public double Value(double x) => Kind switch
    {
        ActivationKind.Identity => x,
        ActivationKind.ReLU => x > 0 ? x : 0,
        ActivationKind.LeakyReLU => x > 0 ? x : LeakySlope * x,
        ActivationKind.ELU => x > 0 ? x : ExpMinusOne(x),
        ActivationKind.Sigmoid => Sigmoid(x),
        ActivationKind.Tanh => Math.Tanh(x),
        ActivationKind.GELU => x * NormalDistribution(x),
        ActivationKind.SiLU => x * Sigmoid(x),
        _ => Math.Max(x, 0) + SpecialFunctions.Log1p(Math.Exp(-Math.Abs(x))),
    };

    /// <summary>The derivative at any finite x; at a kink, the one from the left.</summary>
    public double Derivative(double x) => Kind switch
    {
        ActivationKind.Identity => 1,
        ActivationKind.ReLU => x > 0 ? 1 : 0,
        ActivationKind.LeakyReLU => x > 0 ? 1 : LeakySlope,
        ActivationKind.ELU => x > 0 ? 1 : Math.Exp(x),
        ActivationKind.Sigmoid => Sigmoid(x) * Sigmoid(-x),
        ActivationKind.Tanh => 1 - (Math.Tanh(x) * Math.Tanh(x)),
        ActivationKind.GELU => NormalDistribution(x) + (Math.Abs(x) > 40 ? 0 : x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)),
        ActivationKind.SiLU => Sigmoid(x) + (x * Sigmoid(x) * Sigmoid(-x)),
        _ => Sigmoid(x),
    };

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static double Sigmoid(double x)
    {
        double e = Math.Exp(-Math.Abs(x));
        return x < 0 ? e / (1 + e) : 1 / (1 + e);
    }

    // e^x - 1 without cancellation near 0, for x of at most 0 (Kahan; Higham, "Accuracy and Stability of Numerical Algorithms", 1.14.1).
    private static double ExpMinusOne(double x)
    {
        double e = Math.Exp(x);
        return e == 1 ? x : x < -1 ? e - 1 : (e - 1) * x / Math.Log(e);
    }

    private static double NormalDistribution(double x) => SpecialFunctions.Erfc(-x / Constants.Sqrt2) / 2;
}
