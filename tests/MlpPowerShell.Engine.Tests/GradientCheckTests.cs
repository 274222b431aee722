using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>
/// The check of gradients where float32, kinks or the scale of features are in its way: right gradients pass, wrong ones don't.
/// </summary>
public class GradientCheckTests
{
    public static IEnumerable<TheoryDataRow<int>> Converged =>
        Enumerable.Range(1, 60).Select(seed => new TheoryDataRow<int>(seed) { Explicit = seed > 15 });

    public static TheoryData<float> Scales => [1e-12f, 1e-6f, 1e-3f, 1f, 1e3f, 1e6f, 1e12f];

    [Theory]
    [MemberData(nameof(Converged))]
    public void A_converged_model_passes(int seed)
    {
        var random = new Random(seed);
        int[] hidden = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(8, 40))];
        Activation[] activations = [.. hidden.Select(_ => Activation.All[random.Next(Activation.All.Count)])];
        LossKind loss = (LossKind)random.Next(Enum.GetValues<LossKind>().Length);
        MlpDataset data = TestData.Random(seed, 32, 6, 2);
        if (loss.IsRegression())
            data = data.WithTargets([.. Enumerable.Range(0, 32).Select(i => Math.Abs(data.GetSample(i)[0]))], ["a"]);
        MlpModel model = MlpModel.Create(
            6,
            new HiddenLayers(hidden, activations) { BatchNormalization = seed % 3 == 0 },
            loss.Function() == OutputFunction.Softmax ? 2 : 1,
            Initializer.Default,
            seed,
            loss);
        var options = new TrainingOptions { Epochs = 600, LearningRate = 0.01, Optimizer = new() { Kind = OptimizerKind.Adam } };
        _ = MlpTrainer.Train(model, data, null, options).Count();
        AssertPasses(model, data, $"{loss}, {string.Join(", ", activations)}");
        AssertNoticesAnError(model, data);
    }

    [Fact]
    public void Weights_of_samples_count_in_the_reference()
    {
        MlpDataset data = TestData.Random(1, 30, 8, 3);
        float[] weights = [.. Enumerable.Range(0, 30).Select(i => i % 4 * 0.7f)];
        MlpModel model = MlpModel.Create(8, new HiddenLayers([12], [Activation.Named("Tanh")]), 3, Initializer.Default, 1).Named(data);
        AssertPasses(model, data.WithSampleWeights(weights), "weighted");
        var reference = new ReferenceNetwork(model, TestData.Encoded(model, data));
        IReadOnlyList<MlpGradient> weighted = GradientProbe.Compute(model, data.WithSampleWeights(weights));
        Assert.Contains(GradientProbe.Compare(weighted, reference, 100, 1e-3, 0, default), check => !check.Passed);
    }

    [Theory]
    [MemberData(nameof(Scales))]
    public void Steps_follow_the_scale_of_the_features(float scale)
    {
        MlpDataset plain = TestData.Random(2, 30, 8, 3);
        float[] features = Array.ConvertAll(plain.Floats!, value => scale * value);
        var data = new MlpDataset("scaled", features, TestData.Classes(plain), 8, plain.ClassNames);
        MlpModel model = MlpModel.Create(8, new HiddenLayers([12], [Activation.Named("Tanh")]), 3, Initializer.Default, 1).Named(data);
        model.Layers[0].Weights.MapInplace(weight => weight / scale);
        AssertPasses(model, data, $"{scale}");
        AssertNoticesAnError(model, data);
    }

    [Fact]
    public void A_kink_that_the_model_stands_on_is_recognized()
    {
        // Samples of zeros with biases of 0 stand on it, and others a hair beside it.
        var random = new Random(5);
        float[] features = [.. Enumerable.Range(0, 20 * 4).Select(i => i < 20 ? 0f : i < 40 ? 1e-7f : random.NextSingle() - 0.5f)];
        var data = new MlpDataset("kinks", features, [.. Enumerable.Range(0, 20).Select(i => i % 3)], 4, ["a", "b", "c"]);
        foreach (string activation in new[] { "ReLU", "LeakyReLU", "ReLU6", "PReLU", "HardSigmoid" })
        {
            var hidden = new HiddenLayers([16, 9], [Activation.Named(activation)]);
            MlpModel model = MlpModel.Create(4, hidden, 3, Initializer.Default, 1).Named(data);
            AssertPasses(model, data, activation);
            AssertNoticesAnError(model, data);
        }
    }

    [Fact]
    public void A_gradient_that_a_normalization_makes_zero_passes()
    {
        // Of one input, the normalization leaves nothing of a weight but its sign.
        MlpDataset data = TestData.Random(3, 50, 1, 3);
        MlpModel model = MlpModel.Create(
            1, new HiddenLayers([8, 8], [Activation.Named("Tanh")]) { BatchNormalization = true }, 3, Initializer.Default, 1).Named(data);
        model.Layers[0].Weights.MapInplace(weight => 100 * weight);
        AssertPasses(model, data, "normalized");
    }

    private static void AssertPasses(MlpModel model, MlpDataset data, string what) =>
        Assert.All(GradientProbe.Check(model, data, 60, 1e-3, 1), check => Assert.True(check.Passed, $"{what}: {check}"));

    /// <summary>A hundredth more or less of the largest entry that can be told from rounding must be noticed.</summary>
    private static void AssertNoticesAnError(MlpModel model, MlpDataset data)
    {
        IReadOnlyList<MlpGradient> gradients = GradientProbe.Compute(model, data);
        var reference = new ReferenceNetwork(model, TestData.Encoded(model, data));
        double rounding = new RoundingBound(reference).Of(reference.Parameters.Last(), 0, 0);
        MathNet.Numerics.LinearAlgebra.Matrix<float> bias = gradients[^1].Value;
        bias[0, 0] += (float)Math.Max(0.01 * Math.Abs(bias[0, 0]), rounding / 100);
        Assert.False(GradientProbe.Compare(gradients, reference, 60, 1e-3, 1, default).Last().Passed);
    }
}
