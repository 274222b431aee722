using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Gradients that are long, short, or of many samples.</summary>
public class GradientSizeTests
{
    [Theory]
    [InlineData(1e20f, null, false)]
    [InlineData(1e20f, 1.0, false)]
    [InlineData(1e-25f, null, false)]
    [InlineData(1e-25f, 1e-27, false)]
    [InlineData(1e20f, 1.0, true)]
    [InlineData(1e-25f, null, true)]
    public void Norms_are_right_and_clipped_steps_go_along_the_gradient(float scale, double? clipNorm, bool isLinear)
    {
        MlpDataset plain = TestData.Random(1, 40, 6, 3);
        float size = Math.Max(1, scale);
        float[] features = Array.ConvertAll(plain.Floats!, value => size * value);
        var data = new MlpDataset("scaled", features, TestData.Classes(plain), 6, plain.ClassNames);
        HiddenLayers hidden = isLinear ? new([], [Activation.Identity]) : new([5], [Activation.Named("Tanh")]);
        MlpModel model = MlpModel.Create(6, hidden, 3, Initializer.Default, 1).Named(data);
        model.Layers[0].Weights.MapInplace(weight => weight / size);
        if (scale < 1)
            data = data.WithSampleWeights([.. Enumerable.Repeat(scale, 40)]);

        IReadOnlyList<MlpGradient> gradients = GradientProbe.Compute(model, data);
        double norm = Math.Sqrt(gradients.Sum(gradient => gradient.Value.Enumerate().Sum(entry => (double)entry * entry)));
        Assert.InRange(norm, double.Epsilon, double.MaxValue);
        MlpGradient first = gradients[0];
        Assert.Equal(1, first.Norm / Math.Sqrt(first.Value.Enumerate().Sum(entry => (double)entry * entry)), 1e-6);

        float[] before = model.Layers[0].Weights.ToColumnMajorArray();
        var options = new TrainingOptions
        {
            Epochs = 1,
            LearningRate = clipNorm is null ? 1e-30 : 1,
            Optimizer = new() { Kind = OptimizerKind.Sgd, ClipNorm = clipNorm },
        };
        MlpStep? step = null;
        _ = MlpTrainer.Train(model, data, null, options, onStep: taken =>
        {
            step = taken;
            return true;
        }).Count();
        Assert.Equal(1, step!.GradientNorm / norm, 1e-5);
        if (clipNorm is not { } limit || scale < 1)
            return;
        double[] moved = [.. model.Layers[0].Weights.ToColumnMajorArray().Zip(before, (now, old) => old - (double)now)];
        double[] expected = [.. first.Value.ToColumnMajorArray().Select(entry => entry * limit / norm)];
        Assert.All(expected.Zip(moved), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Theory]
    [InlineData(60_000, false)]
    [InlineData(60_000, true)]
    [InlineData(2_000_000, false)]
    public void Biases_of_many_samples_lose_nothing_to_rounding(int count, bool isNormalized)
    {
        var random = new Random(1);
        float[] features = [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
        MlpDataset data = new MlpDataset("many", features, null, 1, [])
            .WithTargets([.. Enumerable.Range(0, count).Select(_ => -1 - random.NextSingle())], ["y"]);
        var hidden = new HiddenLayers(isNormalized ? [1] : [], [Activation.Identity]) { BatchNormalization = isNormalized };
        MlpModel model = MlpModel.Create(1, hidden, 1, Initializer.Default, 1, LossKind.MeanSquaredError);
        model.Layers[^1].Weights[0, 0] = 0.7f;
        double[] bias = [.. GradientProbe.Compute(model, data).Where(gradient => gradient.Name.StartsWith("db", StringComparison.Ordinal))
            .Select(gradient => (double)gradient.Value[0, 0])];
        if (isNormalized)
        {
            // The output is linear in the first bias.
            Assert.Equal(1, bias[0] / (0.7f * bias[1]), 2e-7);
            return;
        }

        double expected = 0;
        for (int i = 0; i < count; i++)
            expected += 2 * ((0.7f * (double)features[i]) - (double)data.LabelColumns[0].NumberAt(i)) / count;
        Assert.Equal(1, bias[0] / expected, 1.2e-7);
    }
}
