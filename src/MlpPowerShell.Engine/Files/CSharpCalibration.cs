using System.Text;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files;

/// <summary>Writes what calibrates the sums of the output layer as C#; sigmoids of them come with it.</summary>
internal static class CSharpCalibration
{
    private const string Softplus = "Math.Max(-logit, 0) + Math.Log(1 + Math.Exp(-Math.Abs(logit)))";

    /// <summary>The call behind the output layer; nothing where there is no calibration, or one of classes with an order.</summary>
    public static string Call(MlpModel model) => IsMethod(model) ? "        Calibrate(x);\n" : string.Empty;

    /// <summary>What the logits of classes with an order are divided by, as code.</summary>
    public static string Divisor(MlpModel model) =>
        model.Output.Calibration is { } calibration ? $" / {CSharpWriter.Text(calibration.Temperature)}" : string.Empty;

    /// <summary>The method.</summary>
    /// <exception cref="MlpException">The calibration is by points.</exception>
    public static string Method(MlpModel model)
    {
        if (!IsMethod(model))
            return string.Empty;
        bool isSoftmax = model.Loss.Function() == OutputFunction.Softmax;
        IReadOnlyList<CalibrationCurve> lines = CalibrationLines.Of(model.Output.Calibration!, ModelFormat.CSharp);
        string score = isSoftmax && lines.Count > 0 ? "LogOdds(sums, i)" : "sums[i]";
        string logit = lines.Count == 0
            ? $"{score} / {CSharpWriter.Text(model.Output.Calibration!.Temperature)}"
            : $"(Slopes[i] * {score}) + Intercepts[i]";
        string result = !isSoftmax ? "1 / (1 + Math.Exp(-logit))" : lines.Count == 0 ? "logit" : $"-({Softplus})";
        var text = new StringBuilder();
        if (lines.Count > 0)
        {
            text.Append(Field("Slopes", line => line.Slope)).Append(Field("Intercepts", line => line.Intercept));
            if (isSoftmax)
            {
                text.Append("""
                        private static double LogOdds(float[] sums, int own)
                        {
                            double largest = double.NegativeInfinity, all = 0;
                            for (int i = 0; i < sums.Length; i++)
                                largest = i == own ? largest : Math.Max(largest, sums[i]);
                            for (int i = 0; i < sums.Length; i++)
                                all += i == own ? 0 : Math.Exp(sums[i] - largest);
                            return sums[own] - largest - Math.Log(all);
                        }


                    """);
            }
        }

        return text.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""
                private static void Calibrate(float[] x)
                {
                    float[] sums = [.. x];
                    for (int i = 0; i < x.Length; i++)
                    {
                        double logit = {{logit}};
                        x[i] = (float)({{result}});
                    }
                }


            """).ToString();

        string Field(string name, Func<CalibrationCurve, double> value)
        {
            string values = string.Join(", ", lines.Select(line => CSharpWriter.Text(value(line))));
            return $"    private static readonly double[] {name} = [{values}];\n\n";
        }
    }

    private static bool IsMethod(MlpModel model) =>
        model.Output.Calibration is not null && model.Loss.Function() != OutputFunction.Ordinal;
}
