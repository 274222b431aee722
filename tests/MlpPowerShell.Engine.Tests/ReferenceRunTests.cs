using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>The engine against runs by NumPy and PyTorch in float64, from the same weights.</summary>
public class ReferenceRunTests
{
    [Fact(Explicit = true)]
    public void The_notebooks_run_agrees_with_NumPy_in_all_100_epochs() =>
        AssertAgrees("seed-128-64", 0.5, _ => (1e-5, 0.0002));

    [Fact(Explicit = true)]
    public void The_notebooks_improved_run_agrees_with_NumPy_in_all_50_epochs() =>
        AssertAgrees("seed-256-32", 1, epoch => epoch <= 20 ? (1e-4, 0.0005) : (0.02, 0.01));

    [Theory]
    [InlineData("sgd lr=0.1", OptimizerKind.Sgd, 0.1, null)]
    [InlineData("sgd lr=0.1 momentum=0.9", OptimizerKind.Momentum, 0.1, null)]
    [InlineData("sgd lr=0.1 momentum=0.9 nesterov", OptimizerKind.Nesterov, 0.1, null)]
    [InlineData("sgd lr=0.1 momentum=0.9 weight_decay=0.001", OptimizerKind.Momentum, 0.1, 0.001)]
    [InlineData("rmsprop lr=0.001 alpha=0.99 eps=1e-8", OptimizerKind.RMSprop, 0.001, null)]
    [InlineData("adagrad lr=0.01 eps=1e-10", OptimizerKind.Adagrad, 0.01, null)]
    [InlineData("adam lr=0.001 betas=0.9,0.999 eps=1e-8", OptimizerKind.Adam, 0.001, null)]
    [InlineData("adamw lr=0.001 betas=0.9,0.999 eps=1e-8 weight_decay=0.01", OptimizerKind.AdamW, 0.001, null)]
    [InlineData("nadam lr=0.002 betas=0.9,0.999 eps=1e-8 momentum_decay=0.004 weight_decay=0", OptimizerKind.NAdam, 0.002, null)]
    [InlineData("nadam lr=0.002 betas=0.9,0.999 eps=1e-8 momentum_decay=0.004 weight_decay=0.001", OptimizerKind.NAdam, 0.002, 0.001)]
    public void Each_of_60_steps_agrees_with_PyTorch(string row, OptimizerKind optimizer, double learningRate, double? weightDecay)
    {
        const int BatchSize = 128;
        // The torch rows quote the optimizer, whose betas hold a comma.
        double[] expected = [.. File.ReadLines(TestData.Reference("torch-optimizers.csv"))
            .Where(line => line.StartsWith(row + ",", StringComparison.Ordinal) || line.StartsWith($"\"{row}\",", StringComparison.Ordinal))
            .Select(line => TestData.Number(line[(line.LastIndexOf(',') + 1)..]))];
        Assert.Equal(60, expected.Length);

        MlpModel model = TestData.Model("torch-optimizers");
        for (int step = 0; step < expected.Length; step++)
        {
            // One batch an epoch: the epoch's loss is the batch's before its update.
            MlpDataset batch = TestData.Train.Take([.. Enumerable.Range(step * BatchSize, BatchSize)]);
            var options = new TrainingOptions
            {
                Epochs = 1,
                LearningRate = learningRate,
                BatchSize = BatchSize,
                Optimizer = new OptimizerOptions { Kind = optimizer, WeightDecay = weightDecay, DecayBias = true },
                NoShuffle = true,
            };
            MlpEpoch epoch = MlpTrainer.Train(model, batch, null, options).Single();
            AssertRelative(expected[step], epoch.TrainingLoss, 1e-5, $"step {step + 1}");
        }
    }

    private static void AssertAgrees(string name, double learningRate, Func<int, (double Loss, double Accuracy)> tolerance)
    {
        string[][] rows = TestData.Rows(name);
        var options = new TrainingOptions { Epochs = rows.Length, LearningRate = learningRate };
        MlpEpoch[] epochs = [.. MlpTrainer.Train(TestData.Model(name), TestData.Train, TestData.Test, options)];
        Assert.Equal(rows.Length, epochs.Length);
        foreach ((MlpEpoch epoch, string[] row) in epochs.Zip(rows))
        {
            (double loss, double accuracy) = tolerance(epoch.Epoch);
            string where = $"{name}, epoch {epoch.Epoch}";
            Assert.Equal(row[0], epoch.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture));
            AssertRelative(TestData.Number(row[1]), epoch.TrainingLoss, loss, where);
            AssertWithin(TestData.Number(row[2]), epoch.TrainingAccuracy!.Value, accuracy, where);
            AssertRelative(TestData.Number(row[3]), epoch.TestLoss!.Value, loss, where);
            AssertWithin(TestData.Number(row[4]), epoch.TestAccuracy!.Value, accuracy, where);
        }
    }

    private static void AssertRelative(double expected, double actual, double tolerance, string where) =>
        AssertWithin(expected, actual, tolerance * Math.Abs(expected), where);

    private static void AssertWithin(double expected, double actual, double tolerance, string where) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{where}: {actual} instead of {expected}, tolerance {tolerance}");
}
