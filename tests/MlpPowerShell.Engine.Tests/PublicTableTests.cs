using System.Text.Json;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>
/// Real tables, against what scikit-learn's MLPClassifier and MLPRegressor reach on the same split with the same options.
/// </summary>
public sealed class PublicTableTests
{
    [Theory]
    [InlineData("iris", 150, 4, 3)]
    [InlineData("wine", 178, 13, 3)]
    [InlineData("breast-cancer", 569, 30, 2)]
    [InlineData("digits", 1797, 64, 10, Explicit = true)]
    [InlineData("diabetes", 442, 10, 0)]
    public void Test_accuracy_is_that_of_scikit_learn_within_the_spread_over_seeds(string name, int samples, int features, int classes)
    {
        using JsonDocument references = JsonDocument.Parse(File.ReadAllText(TestData.TableFile("references.json")));
        JsonElement root = references.RootElement;
        JsonElement reference = root.GetProperty("tables").GetProperty(name);
        MlpTable table = TableReader.Read(TestData.TableFile($"{name}.csv"), new TableReadOptions());
        MlpDataset all = table.ToDataset(new TableOptions { Label = ["-1"] });
        Assert.Equal((samples, features, classes), (all.Count, all.FeatureCount, all.ClassCount));

        // Scaled by the training rows alone.
        MlpDataset train = Rows(all, row => row % 5 != 0), test = Rows(all, row => row % 5 == 0);
        var options = new TrainingOptions
        {
            Epochs = root.GetProperty("epochs").GetInt32(),
            BatchSize = root.GetProperty("batchSize").GetInt32(),
            LearningRate = root.GetProperty("learningRate").GetDouble(),
            Optimizer = new OptimizerOptions { Kind = OptimizerKind.Adam },
        };
        double[] scores = [.. Enumerable.Range(0, 10).Select(seed =>
        {
            MlpModel model = MlpModel.CreateFor(
                train, new HiddenLayers([root.GetProperty("hiddenSize").GetInt32()], [Activation.ReLU]), Initializer.XavierUniform, seed);
            _ = MlpTrainer.Train(model, train, null, options with { Seed = seed }).Last();
            MlpEvaluation measured = new MlpPredictor(model).Measure(test);
            return measured.Accuracy ?? measured.R2!.Value;
        })];
        double mean = scores.Average();
        double spread = Math.Sqrt(scores.Average(score => (score - mean) * (score - mean)));
        double least = reference.GetProperty("mean").GetDouble() - reference.GetProperty("std").GetDouble() - spread;
        Assert.True(
            mean >= least - 1e-9,
            $"{name}: {mean:F4} ± {spread:F4}, and scikit-learn reaches {reference.GetProperty("mean").GetDouble():F4} ± "
            + $"{reference.GetProperty("std").GetDouble():F4}.");
    }

    private static MlpDataset Rows(MlpDataset data, Func<int, bool> chosen) =>
        data.Take([.. Enumerable.Range(0, data.Count).Where(chosen)]);
}
