using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Network;

/// <summary>The losses that look at each output on its own: binary cross-entropy and those of regression.</summary>
internal static class OutputLoss
{
    /// <summary>Scores one sample.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="outputs">The sums of the output layer, biases included; become predictions, or in training slopes of the loss.</param>
    /// <param name="targets">What they should be.</param>
    /// <param name="smoothing">How far binary targets are drawn to a half.</param>
    /// <param name="training">Whether slopes are wanted.</param>
    /// <param name="correct">Whether all outputs are on the right side of a half; false in regression.</param>
    /// <returns>The mean loss over the outputs.</returns>
    /// <remarks>Bound by an exponential and a logarithm for each output.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Score(LossKind loss, Span<float> outputs, ReadOnlySpan<float> targets, float smoothing, bool training, out bool correct)
    {
        correct = loss == LossKind.BinaryCrossEntropy;
        float sum = 0;
        for (int j = 0; j < outputs.Length; j++)
        {
            float output = outputs[j];
            float target = targets[j];
            float slope;
            switch (loss)
            {
                case LossKind.BinaryCrossEntropy:
                    float smoothed = target + (smoothing * (0.5f - target));
                    float e = MathF.Exp(-MathF.Abs(output));
                    float probability = output > 0 ? 1 / (1 + e) : e / (1 + e);

                    // -t ln p - (1 - t) ln(1 - p), without overflow.
                    sum += MathF.Max(output, 0) - (output * smoothed) + LogOnePlus(e);
                    correct &= output > 0 == target > 0.5f;
                    slope = probability - smoothed;
                    output = probability;
                    break;
                case LossKind.MeanSquaredError:
                    float difference = output - target;
                    sum += difference * difference;
                    slope = 2 * difference;
                    break;
                case LossKind.MeanAbsoluteError:
                    sum += MathF.Abs(output - target);
                    slope = Sign(output - target);
                    break;
                default:
                    float distance = MathF.Abs(output - target);
                    sum += distance <= 1 ? distance * distance / 2 : distance - 0.5f;
                    slope = distance <= 1 ? output - target : Sign(output - target);
                    break;
            }

            outputs[j] = training ? slope / outputs.Length : output;
        }

        return sum / outputs.Length;
    }

    /// <summary>One output's loss in float64, the definition that the above is tested against.</summary>
    public static double Value(LossKind loss, double output, double target)
    {
        double distance = Math.Abs(output - target);
        return loss switch
        {
            LossKind.BinaryCrossEntropy => Math.Max(output, 0) - (output * target) + Math.Log(1 + Math.Exp(-Math.Abs(output))),
            LossKind.MeanSquaredError => distance * distance,
            LossKind.MeanAbsoluteError => distance,
            _ => distance <= 1 ? distance * distance / 2 : distance - 0.5,
        };
    }

    // Lets NaN through, which has to reach the weights' check, where MathF.Sign would throw.
    private static float Sign(float value) => value > 0 ? 1 : value < 0 ? -1 : value;

    // ln(1 + e) for e from 0 to 1; 1 + e alone would lose a small e.
    private static float LogOnePlus(float e) => (float)Math.Log(1 + (double)e);
}
