using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public class ClassWeightTests
{
    private static readonly TrainingOptions _options = new() { Epochs = 3, LearningRate = 0.2 };

    [Theory]
    [InlineData(null)]
    [InlineData(60)]
    public void A_whole_weight_is_that_many_copies_of_the_sample(int? batchSize)
    {
        MlpDataset data = TestData.Random(1, 60, 5, 2);
        int[] copies = [.. TestData.Classes(data).SelectMany((label, i) => Enumerable.Repeat(i, label == 1 ? 3 : 1))];
        MlpModel weighted = Model();
        MlpModel copied = Model();

        // The mean goes over the samples, whatever their weights.
        TrainingOptions options = _options with { BatchSize = batchSize, NoShuffle = true };
        double ratio = copies.Length / (double)data.Count;
        _ = MlpTrainer.Train(weighted, data, null, options with { ClassWeight = Weights(("class 1", 3)) }).Count();
        _ = MlpTrainer.Train(
            copied,
            data.Take(copies),
            null,
            options with { BatchSize = batchSize is null ? null : copies.Length, LearningRate = options.LearningRate * ratio })
            .Count();
        foreach ((float expected, float actual) in TestData.Parameters(copied).Zip(TestData.Parameters(weighted)))
            Assert.Equal(expected, actual, 1e-5);
    }

    [Fact]
    public void Balanced_weights_make_rare_classes_count()
    {
        // One sample in twelve belongs to class 1, and its features overlap with those of class 0.
        MlpDataset noise = TestData.Random(2, 1200, 3, 2);
        int[] labels = [.. Enumerable.Range(0, noise.Count).Select(i => i % 12 == 0 ? 1 : 0)];
        float[] features = [.. noise.Floats!.Select((value, i) => value + (i % 3 == 0 ? labels[i / 3] : 0))];
        var data = new MlpDataset("rare", features, labels, 3, ["often", "rare"]);
        Assert.True(Recall(null) < 0.3);
        Assert.True(Recall(ClassWeights.Balanced) > 0.6);

        double Recall(ClassWeights? weights)
        {
            MlpModel model = MlpModel.Create(3, new HiddenLayers([], [Activation.ReLU]), 2, Initializer.Default, 1);
            _ = MlpTrainer.Train(model, data, null, new TrainingOptions { Epochs = 200, LearningRate = 1, ClassWeight = weights }).Count();
            return new MlpPredictor(model).Measure(data).Classes[1].Recall;
        }
    }

    [Fact]
    public void Balanced_weights_are_scikit_learns()
    {
        var data = new MlpDataset("four", new float[8], [0, 0, 0, 2, 2, 2, 2, 0], 1, ["a", "b", "c"]);
        Assert.Equal([1f, 1f, 1f], Balanced(data));
        var uneven = new MlpDataset("uneven", new float[6], [0, 0, 0, 1, 1, 2], 1, ["a", "b", "c"]);
        Assert.Equal([6 / 9f, 1f, 2f], Balanced(uneven));

        static float[] Balanced(MlpDataset data) =>
            ClassWeights.Balanced.For(data.ClassNames, () => [.. data.ClassCounts.Select(count => (long)count)]);
    }

    [Fact]
    public void Figures_are_those_of_the_unweighted_loss()
    {
        MlpDataset data = TestData.Random(1, 60, 5, 2);
        foreach (MlpEpoch epoch in MlpTrainer.Train(Model(), data, data, _options with { ClassWeight = Weights(("class 1", 3)) }))
            Assert.Equal(epoch.TestLoss!.Value, epoch.TrainingLoss, 1e-12);
    }

    [Theory]
    [InlineData(1e-4f)]
    [InlineData(1e3f)]
    public void The_loss_of_batches_is_of_one_scale_whatever_that_of_the_weights(float scale)
    {
        MlpDataset data = TestData.Random(1, 60, 5, 2);
        var options = new TrainingOptions { Epochs = 5, LearningRate = 0.1, BatchSize = 16, NoShuffle = true };
        double[] plain = [.. MlpTrainer.Train(Model(), data, null, options).Select(epoch => epoch.TrainingLoss)];
        MlpDataset weighted = data.WithSampleWeights([.. Enumerable.Repeat(scale, data.Count)]);
        double[] scaled = [.. MlpTrainer.Train(Model(), weighted, null, options with { LearningRate = 0.1 / scale })
            .Select(epoch => epoch.TrainingLoss)];
        var classes = new ClassWeights(data.ClassNames.ToDictionary(name => name, _ => (double)scale));
        double[] byClass = [.. MlpTrainer.Train(
            Model(), data, null, options with { LearningRate = 0.1 / scale, ClassWeight = classes }).Select(epoch => epoch.TrainingLoss)];
        for (int i = 0; i < plain.Length; i++)
        {
            Assert.Equal(plain[i], scaled[i], 1e-5);
            Assert.Equal(plain[i], byClass[i], 1e-5);
        }
    }

    [Fact]
    public void What_can_not_work_is_refused()
    {
        MlpDataset data = TestData.Random(1, 60, 5, 2);
        Assert.Equal("InvalidClassWeight", Assert.Throws<MlpException>(() => Weights(("class 1", -1))).ErrorId);
        Assert.Equal("InvalidClassWeight", Assert.Throws<MlpException>(() => Weights(("class 1", double.NaN))).ErrorId);
        Assert.Equal(
            "UnknownClass",
            Assert.Throws<MlpException>(() => MlpTrainer.Train(
                Model(), data, null, _options with { ClassWeight = Weights(("class 2", 1)) })
                .Count()).ErrorId);
    }

    private static ClassWeights Weights(params (string Name, double Weight)[] weights) =>
        new(weights.ToDictionary(pair => pair.Name, pair => pair.Weight));

    private static MlpModel Model() => MlpModel.Create(5, new HiddenLayers([7], [Activation.Named("Tanh")]), 2, Initializer.Default, 1);
}
