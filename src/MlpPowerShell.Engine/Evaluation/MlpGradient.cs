using MathNet.Numerics.LinearAlgebra;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>The gradient of the mean loss by one parameter of a model.</summary>
public sealed class MlpGradient
{
    internal MlpGradient(string name, string parameter, Matrix<float> value)
    {
        Name = name;
        Parameter = parameter;
        Value = value;
        Norm = Math.Sqrt(value.Enumerate().Sum(entry => (double)entry * entry));
    }

    /// <summary>The gradient's name, as in the notebook: dW1, db1, dW2, …</summary>
    public string Name { get; }

    /// <summary>The parameter's name, as in a model file: layers.0.weight, layers.0.bias, …</summary>
    public string Parameter { get; }

    /// <summary>Rows and columns: [out, in] of weights, [out, 1] of biases.</summary>
    public IReadOnlyList<int> Shape => new ValueList<int>([Value.RowCount, Value.ColumnCount]);

    /// <summary>The root of the sum of squares.</summary>
    public double Norm { get; }

    /// <summary>The gradient itself, a mean over the samples.</summary>
    public Matrix<float> Value { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} [{Value.RowCount}, {Value.ColumnCount}]";
}

/// <summary>How well one gradient agrees with central differences.</summary>
/// <param name="Name">The gradient's name: dW1, db1, …</param>
/// <param name="Parameter">The parameter's name, as in a model file.</param>
/// <param name="Checked">Entries compared.</param>
/// <param name="MaxRelativeError">
/// The largest |a - n| / max(|a|, |n|, floor) among them, a from backpropagation in float32, n from central differences in float64;
/// the floor is a thousandth of the largest |n| compared, or of the sum over the samples of what each adds to the entry where that is
/// more, as rounding makes entries far below them meaningless. At a kink n is the slope that
/// backpropagation takes.
/// </param>
/// <param name="Tolerance">The most that passes.</param>
public sealed record MlpGradientCheck(string Name, string Parameter, int Checked, double MaxRelativeError, double Tolerance)
{
    /// <summary>Whether the largest error is within the tolerance.</summary>
    public bool Passed => MaxRelativeError <= Tolerance;
}
