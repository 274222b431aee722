using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public partial class LossTests
{
    public static TheoryData<string, bool> PyTorchRuns
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (string name in TestData.Rows("losses").Select(row => row[0]).Distinct())
            {
                data.Add(name, false);
                data.Add(name, true);
            }

            return data;
        }
    }

    /// <summary>The same data, first weights and steps as in references/make_references.py.</summary>
    [Theory]
    [MemberData(nameof(PyTorchRuns))]
    public void Every_loss_goes_down_as_in_PyTorch(string name, bool batchNormalization)
    {
        (LossKind loss, LossOptions lossOptions) = name switch
        {
            "Weighted" or "Normalized" => (LossKind.MeanSquaredError, new LossOptions()),
            "Quantile 0.9" => (LossKind.Quantile, new LossOptions { Quantile = 0.9 }),
            "Focal 1.5" => (LossKind.Focal, new LossOptions { FocalGamma = 1.5 }),
            "Huber 0.5" => (LossKind.Huber, new LossOptions { HuberDelta = 0.5 }),
            _ => (Enum.Parse<LossKind>(name), new LossOptions()),
        };
        bool isNormalized = name == "Normalized";
        float[] numbers =
            [.. Enumerable.Range(0, Waves.Samples).SelectMany(i => Enumerable.Range(0, 3).Select(k => 2 * Waves.At(i, k, 5)))];
        MlpDataset data = Waves.Data();
        float TargetOf(float number) => loss.Function() switch
        {
            OutputFunction.Sigmoid => number > 0 ? 1 : 0,
            OutputFunction.Exponential => (float)Math.Floor(3 * (1 + (number / 2.0))),
            _ => number,
        };
        if (loss == LossKind.Ordinal)
            data = Waves.Data(i => ((i * i) + (i / 2)) % 4, 4);
        else if (loss.Function() != OutputFunction.Softmax)
            data = data.WithTargets(Array.ConvertAll(numbers, TargetOf), ["a", "b", "c"]);

        if (name == "Weighted")
            data = data.WithSampleWeights([.. Enumerable.Range(0, Waves.Samples).Select(i => (float)(1 + Math.Sin((1.7 * i) + 0.5)))]);

        var hidden = new HiddenLayers([8, 5], [Activation.Named("Tanh"), Activation.ReLU])
        {
            BatchNormalization = batchNormalization,
            NormalizationEpsilon = isNormalized ? 0.02 : BatchNormalization.DefaultEpsilon,
        };
        var model = new MlpModel(6, hidden, 3, loss, lossOptions);
        Waves.Fill(model);

        string[][] rows = [.. TestData.Rows("losses").Where(row => row[0] == name && row[1] == (batchNormalization ? "1" : "0"))];
        var actual = new List<double>();
        var options = new TrainingOptions
        {
            Epochs = 10,
            LearningRate = 0.1,
            BatchSize = 16,
            NoShuffle = true,
            NormalizationMomentum = isNormalized ? 0.3 : BatchNormalization.DefaultMomentum,
            Optimizer = new() { Kind = OptimizerKind.Momentum },
        };
        _ = MlpTrainer.Train(model, data, null, options, onStep: step =>
        {
            actual.Add(step.Loss);
            return true;
        }).Count();
        actual.Add(new MlpPredictor(model).Measure(data).Loss);
        Assert.Equal(rows.Length, actual.Count);
        foreach ((string[] row, double value) in rows.Zip(actual))
            Assert.True(Math.Abs((value / TestData.Number(row[3])) - 1) < 1e-5, $"{name}, step {row[2]}: {value} and {row[3]}");
    }
}
