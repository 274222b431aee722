using System.Globalization;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Parity;

/// <summary>Compares networks and measures with their references, one after another, and tells what does not agree.</summary>
/// <param name="folder">Where model files go.</param>
internal sealed class ParityRun(string folder)
{
    private int _illConditioned;
    private double _worst;

    /// <summary>Comparisons that agree.</summary>
    public int Succeeded { get; private set; }

    /// <summary>Comparisons that don't.</summary>
    public int Failed { get; private set; }

    /// <summary>What there is to say in the end.</summary>
    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"The farthest figure is off by {_worst:P0} of what rounding explains. Of the networks, {_illConditioned} are ill-conditioned: "
        + $"rounding decides more than the third digit of a weight.");

    /// <summary>Trains a network, and runs its model elsewhere.</summary>
    public void Compare(NetworkCase network, Dictionary<string, ReferenceFigure> reference)
    {
        _illConditioned += reference.Any(pair => pair.Key.EndsWith(".weight", StringComparison.Ordinal) && pair.Value.IsIllConditioned) ? 1 : 0;
        List<string> differences;
        try
        {
            differences = Differences(EngineRun.Train(network, out MlpModel model), reference);
            double onnx = OnnxRun.Worst(network, model, Path.Combine(folder, "model.onnx"));
            if (onnx > 1)
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"ONNX Runtime: outputs are off by {onnx:G3} times of it"));
        }
        catch (MlpException failure) when (failure.ErrorId == "TrainingDiverged" && Overflows(reference))
        {
            differences = [];
        }

        Report(network, differences);
    }

    /// <summary>Measures predictions.</summary>
    public void Compare(MetricsCase measures, Dictionary<string, ReferenceFigure> reference) =>
        Report(measures, Differences(measures.Figures(), reference));

    /// <summary>Whether float32 can't hold the squares of what float64 can: there the training has to diverge.</summary>
    private static bool Overflows(Dictionary<string, ReferenceFigure> reference) =>
        reference.Values.Any(figure => figure.Values.Any(value => value * value > float.MaxValue));

    private List<string> Differences(Dictionary<string, double[]> figures, Dictionary<string, ReferenceFigure> reference)
    {
        var differences = new List<string>();
        foreach ((string name, ReferenceFigure expected) in reference)
        {
            double[] actual = figures.GetValueOrDefault(name) ?? [];
            double part = expected.Worst(actual, out int place);
            _worst = Math.Max(_worst, part);
            if (part > 1)
            {
                differences.Add(place < 0 ? $"{name}: {actual.Length} values, and {expected.Values.Length} there" : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}, value {place}: {actual[place]:G9}, and {expected.Values[place]:G9} there, which rounding moves by "
                    + $"{expected.Moved[place]:G2}: off by {part:G3} times of what that explains"));
            }
        }

        return differences;
    }

    private void Report(object what, List<string> differences)
    {
        if (differences.Count == 0)
        {
            Succeeded++;
            return;
        }

        Failed++;
        Console.WriteLine($"FAILED {what}");
        foreach (string difference in differences.Take(4))
            Console.WriteLine($"    {difference}");
    }
}
