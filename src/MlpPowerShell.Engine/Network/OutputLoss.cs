using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Network;

/// <summary>What the outputs of a sample that is scored become.</summary>
internal enum ScoreResult
{
    /// <summary>What the network predicts.</summary>
    Predictions,

    /// <summary>The loss's slopes by the sums of the output layer.</summary>
    Slopes,
}

/// <summary>A loss that looks at each output on its own.</summary>
internal abstract class OutputLoss
{
    /// <summary>Scores one sample.</summary>
    /// <param name="outputs">The sums of the output layer, biases included; become the result.</param>
    /// <param name="targets">What they should be.</param>
    /// <param name="smoothing">How far binary targets are drawn to a half.</param>
    /// <param name="result">What is to stand in the outputs' place.</param>
    /// <param name="correct">Whether all outputs are on the right side of a half; false in regression.</param>
    /// <returns>The mean loss over the outputs.</returns>
    public abstract float Score(Span<float> outputs, ReadOnlySpan<float> targets, float smoothing, ScoreResult result, out bool correct);

    /// <summary>One output's loss in float64, the definition that the above is tested against.</summary>
    public abstract double Value(double output, double target);

    /// <summary>Its derivative by the output.</summary>
    public abstract double Derivative(double output, double target);
}

/// <summary>The formula of a loss, for one output.</summary>
internal interface ILossFormula
{
    /// <summary>The loss; the sum of the output layer becomes the prediction.</summary>
    float Score(ref float output, float target, float smoothing, out float slope);

    /// <summary>Whether the sum is on the right side; false in regression.</summary>
    bool IsRight(float output, float target);

    /// <summary>The loss in float64.</summary>
    double Value(double output, double target);

    /// <summary>Its derivative by the output.</summary>
    double Derivative(double output, double target);
}

/// <inheritdoc/>
internal sealed class OutputLoss<TFormula>(TFormula formula) : OutputLoss
    where TFormula : struct, ILossFormula
{
    private TFormula Formula { get; } = formula;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Score(Span<float> outputs, ReadOnlySpan<float> targets, float smoothing, ScoreResult result, out bool correct)
    {
        TFormula formula = Formula;
        correct = true;
        float sum = 0;
        for (int j = 0; j < outputs.Length; j++)
        {
            float output = outputs[j];
            correct &= formula.IsRight(output, targets[j]);
            sum += formula.Score(ref output, targets[j], smoothing, out float slope);
            outputs[j] = result == ScoreResult.Slopes ? slope / outputs.Length : output;
        }

        return sum / outputs.Length;
    }

    /// <inheritdoc/>
    public override double Value(double output, double target) => Formula.Value(output, target);

    /// <inheritdoc/>
    public override double Derivative(double output, double target) => Formula.Derivative(output, target);
}
