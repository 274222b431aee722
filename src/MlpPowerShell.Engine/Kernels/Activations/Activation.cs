using System.Globalization;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>What initial weights an activation wants.</summary>
internal enum ActivationFamily
{
    /// <summary>Those of a function that is about x near 0 (Glorot and Bengio, 2010).</summary>
    Linear,

    /// <summary>Those of ReLU and its relatives, which halve a signal's square (He et al., 2015).</summary>
    Rectifier,

    /// <summary>Those that keep mean 0 and variance 1, 1 / fan-in (Klambauer et al., 2017).</summary>
    SelfNormalizing,
}

/// <summary>
/// An activation function: its value and derivative in float64, which are the definitions that its vector formula is tested against, and
/// how files and other languages say it. <see cref="All"/> lists them.
/// </summary>
public abstract class Activation
{
    private readonly double? _usualSlope;

    private protected Activation(string kind) => Kind = kind;

    private protected Activation(string kind, double slope, double usualSlope)
        : this(kind)
    {
        Slope = slope;
        _usualSlope = usualSlope;
    }

    /// <summary>All activation functions, each with its usual slope.</summary>
    public static IReadOnlyList<Activation> All => ActivationTable.All;

    /// <summary>x.</summary>
    public static Activation Identity => ActivationTable.Identity;

    /// <summary>max(x, 0).</summary>
    public static Activation ReLU => ActivationTable.ReLU;

    /// <summary>The function's name without its slope.</summary>
    public string Kind { get; }

    /// <summary>The function's name, with its slope where that is not the usual one: ReLU, LeakyReLU(0.2).</summary>
    public string Name => Slope.Equals(_usualSlope ?? 0) ? Kind : $"{Kind}({SlopeText})";

    /// <summary>What the function is, in a line.</summary>
    public abstract string Summary { get; }

    /// <summary>The slope for x below 0, in the sense of the function; 0 where it has none.</summary>
    public double Slope { get; }

    /// <summary>Whether the slope can be chosen.</summary>
    public bool HasSlope => _usualSlope is not null;

    /// <summary>What initial weights it wants.</summary>
    internal virtual ActivationFamily Family => ActivationFamily.Linear;

    /// <summary>Where each unit learns a slope of its own, what it starts with; null where nothing is learned.</summary>
    internal virtual float? InitialSlope => null;

    /// <summary>How ONNX says it: the first form is written, all are read.</summary>
    internal abstract OnnxForm[] Onnx { get; }

    /// <summary>Its value in C#, for a float x, and where one is learned a float slope.</summary>
    internal abstract string CSharp { get; }

    /// <summary>Methods that <see cref="CSharp"/> calls.</summary>
    internal virtual string[] CSharpHelpers => [];

    private protected string SlopeText => Slope.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>
    /// The function of a name, in any case, or as much of it as tells it apart from all but longer forms of itself, with a slope if one
    /// follows: ReLU, LeakyReLU(0.2).
    /// </summary>
    /// <exception cref="MlpException">
    /// No function, or more than one, has such a name, or it has no slope, or the slope is no number.
    /// </exception>
    public static Activation Named(string text) => Named(text, []);

    /// <inheritdoc cref="Named(string)"/>
    /// <param name="text">The name.</param>
    /// <param name="others">Names that the caller takes beside these, to be listed where there is no such function.</param>
    public static Activation Named(string text, IReadOnlyList<string> others)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(others);
        string trimmed = text.Trim();
        int open = trimmed.IndexOf('(', StringComparison.Ordinal);
        string name = (open < 0 ? trimmed : trimmed[..open]).TrimEnd();
        Activation[] found = [.. All.Where(activation => activation.Kind.StartsWith(name, StringComparison.OrdinalIgnoreCase))];
        Activation? shortest = found.MinBy(activation => activation.Kind.Length);
        Activation kind = shortest is not null
            && Array.TrueForAll(found, activation => activation.Kind.StartsWith(shortest.Kind, StringComparison.Ordinal))
            ? shortest
            : throw Invalid($"'{text}' is none of "
                + $"{string.Join(", ", [.. All, .. others])}"
                + $"{NearestName.Hint(All.Select(activation => activation.Kind).Concat(others), name)}.");
        if (open < 0)
            return kind;
        if (!kind.HasSlope)
        {
            string sloped = string.Join(" and ", All.Where(activation => activation.HasSlope));
            throw Invalid($"'{text}' has a slope, and {kind.Kind} has none to choose; {sloped} have one.");
        }

        bool isNumber =
            double.TryParse(trimmed[(open + 1)..].TrimEnd(')'), NumberStyles.Float, CultureInfo.InvariantCulture, out double slope);
        return isNumber
            && trimmed[^1] == ')'
            && trimmed.IndexOf(')', StringComparison.Ordinal) == trimmed.Length - 1
            && float.IsFinite((float)slope)
            ? kind.WithSlope(slope)
            : throw Invalid($"'{text}' has no number as its slope; it is written as {kind.Kind}(0.2).");
    }

    /// <inheritdoc cref="Named(string)"/>
    public static Activation Parse(string text) => Named(text);

    /// <summary>The function's value at any finite x, without overflow on the way.</summary>
    public abstract double Value(double x);

    /// <summary>The derivative at any finite x; at a kink, the one that PyTorch takes.</summary>
    public abstract double Derivative(double x);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Activation other && other.Name == Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The same function with another slope.</summary>
    internal virtual Activation WithSlope(double slope) => throw new NotSupportedException($"{Kind} has no slope.");

    /// <summary>Applies the function to rows of sums.</summary>
    internal abstract void Activate<TSimd, TVector>(in ActivationRows rows)
        where TSimd : ISimd<TVector>
        where TVector : struct;

    private static MlpException Invalid(string message) => new("UnknownActivation", MlpErrorKind.InvalidArgument, message);
}
