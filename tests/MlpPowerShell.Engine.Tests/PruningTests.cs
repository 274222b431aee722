using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public class PruningTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(0.37, false)]
    [InlineData(0.9, false)]
    [InlineData(0.37, true)]
    [InlineData(0.9, true)]
    public void The_smallest_weights_become_zero_and_all_others_stay(double sparsity, bool perLayer)
    {
        MlpModel model = MlpModel.Create(30, new HiddenLayers([20, 10], [Activation.ReLU]), 3, Initializer.He, 1);
        string before = model.Fingerprint();
        MlpModel pruned = WeightPruning.Prune(model, sparsity, perLayer);
        Assert.Equal(before, model.Fingerprint());
        Assert.Equal(sparsity, WeightPruning.SparsityOf(pruned), 0.01);
        var kept = new List<float>();
        var gone = new List<float>();
        for (int i = 0; i < model.Layers.Count; i++)
        {
            if (perLayer)
            {
                kept.Clear();
                gone.Clear();
            }

            foreach ((float weight, float left) in model.Layers[i].Weights.ToColumnMajorArray()
                .Zip(pruned.Layers[i].Weights.ToColumnMajorArray()))
            {
                Assert.True(left == 0 || left == weight);
                (left == 0 ? gone : kept).Add(Math.Abs(weight));
            }

            Assert.Equal(model.Layers[i].Biases.ToArray(), pruned.Layers[i].Biases.ToArray());
            if (perLayer)
                Assert.True(gone.Max() <= kept.Min());
        }

        Assert.True(gone.DefaultIfEmpty(0).Max() <= kept.Min());
    }

    [Fact]
    public void Equal_weights_are_pruned_to_the_exact_count()
    {
        MlpModel model = MlpModel.Create(10, new HiddenLayers([], [Activation.ReLU]), 2, Initializer.He, 1);
        Array.Fill(model.Layers[0].WeightStorage, -0.5f);
        Assert.Equal(0.25, WeightPruning.SparsityOf(WeightPruning.Prune(model, 0.25)));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_fraction_outside_its_range_is_refused(double sparsity) =>
        Assert.Equal(
            "InvalidSparsity",
            Assert.Throws<MlpException>(() => WeightPruning.Prune(
                MlpModel.Create(2, new HiddenLayers([], [Activation.ReLU]), 2, Initializer.He, 1), sparsity)).ErrorId);

    [Theory]
    [InlineData(OptimizerKind.Sgd, null)]
    [InlineData(OptimizerKind.Momentum, 32)]
    [InlineData(OptimizerKind.Adam, 32)]
    [InlineData(OptimizerKind.Lion, 32)]
    [InlineData(OptimizerKind.NAdam, null)]
    public void Training_fills_the_zeros_unless_it_keeps_them(OptimizerKind optimizer, int? batchSize)
    {
        var options = new TrainingOptions
        {
            Epochs = 3,
            BatchSize = batchSize,
            LearningRate = 0.01,
            Seed = 1,
            Optimizer = new OptimizerOptions { Kind = optimizer },
        };
        MlpModel free = WeightPruning.Prune(MlpModel.Create(30, new HiddenLayers([20], [Activation.ReLU]), 3, Initializer.He, 1), 0.8);
        MlpModel kept = ModelFile.Rounded(free, WeightPrecision.Single);
        bool[] zeros = Zeros(kept);
        _ = MlpTrainer.Train(free, TestData.Random(1, 100, 30, 3), null, options).Last();
        _ = MlpTrainer.Train(kept, TestData.Random(1, 100, 30, 3), null, options with { KeepZeros = true }).Last();
        Assert.True(WeightPruning.SparsityOf(free) < 0.1);
        Assert.Equal(zeros, Zeros(kept));
        Assert.Contains(kept.Layers[0].Biases, bias => bias != 0);

        static bool[] Zeros(MlpModel model) => [.. model.Layers.SelectMany(layer => layer.WeightStorage).Select(weight => weight == 0)];
    }
}
