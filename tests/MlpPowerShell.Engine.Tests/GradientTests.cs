using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public class GradientTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gradients_of_random_architectures_agree_with_central_differences(int seed)
    {
        var random = new Random(seed);
        int inputs = random.Next(1, 60);
        int classes = random.Next(2, 20);
        int[] hidden = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => random.Next(1, 70))];
        Activation[] activations =
            hidden.Length == 0 ? [Activation.ReLU] : [.. hidden.Select(_ => Activation.All[random.Next(Activation.All.Count)])];
        MlpModel model = MlpModel.Create(inputs, new HiddenLayers(hidden, activations), classes, Initializer.Default, seed);
        foreach (MlpLayer layer in model.Layers)
            layer.Biases.MapInplace(_ => (float)(random.NextDouble() - 0.5));
        MlpDataset data = TestData.Random(seed, random.Next(1, 40), inputs, classes);
        model.NameClasses(data.ClassNames);

        MlpGradientCheck[] checks = [.. GradientProbe.Check(model, data, 100, 1e-3, seed)];
        Assert.Equal((2 * model.Layers.Count) + model.Layers.Count(layer => layer.Slopes is not null), checks.Length);
        Assert.All(checks, check => Assert.True(check.Passed, $"{model} ({string.Join(", ", activations)}): {check}"));
    }

    [Fact]
    public void A_wrong_gradient_would_be_noticed()
    {
        // The check compares with the loss of the data it is given: gradients of other data must fail it.
        MlpModel model = MlpModel.Create(20, new HiddenLayers([10], [Activation.Named("Tanh")]), 3, Initializer.Xavier, 1);
        MlpDataset other = TestData.Random(2, 30, 20, 3);
        IReadOnlyList<MlpGradient> wrong = GradientProbe.Compute(model.Named(other), other);
        var reference = new ReferenceNetwork(model, TestData.Encoded(model, TestData.Random(1, 30, 20, 3)));
        Assert.Contains(GradientProbe.Compare(wrong, reference, 100, 1e-3, 0, default), check => !check.Passed);
    }

    [Fact]
    public void A_batch_of_several_tiles_has_the_mean_of_its_parts()
    {
        MlpModel model = MlpModel.Create(30, new HiddenLayers([20], [Activation.Named("SiLU")]), 5, Initializer.He, 3);
        MlpDataset whole = TestData.Random(5, 1200, 30, 5);
        MlpDataset Part(int start) => whole.Take([.. Enumerable.Range(start, 600)]);

        IReadOnlyList<MlpGradient> all = GradientProbe.Compute(model.Named(whole), whole);
        IReadOnlyList<MlpGradient> first = GradientProbe.Compute(model, Part(0));
        IReadOnlyList<MlpGradient> second = GradientProbe.Compute(model, Part(600));
        for (int i = 0; i < all.Count; i++)
            Assert.True((((first[i].Value + second[i].Value) / 2) - all[i].Value).FrobeniusNorm() <= 1e-6 * all[i].Norm);
    }

    [Fact]
    public void Shapes_and_names_are_the_notebooks()
    {
        MlpModel model =
            MlpModel.Create(784, new HiddenLayers([128, 64], [Activation.ReLU, Activation.Named("Sigmoid")]), 10, Initializer.LeCun, 1);
        IReadOnlyList<MlpGradient> gradients =
            GradientProbe.Compute(model, MnistReader.Read(TestData.MnistFolder, MnistSplit.Train, 0, 10));
        Assert.Equal(["dW1", "db1", "dW2", "db2", "dW3", "db3"], gradients.Select(gradient => gradient.Name));
        Assert.Equal([128, 784], gradients[0].Shape);
        Assert.Equal([64, 1], gradients[3].Shape);
        Assert.All(
            gradients, gradient => Assert.Equal(gradient.Value.Enumerate().Sum(g => (double)g * g), gradient.Norm * gradient.Norm, 1e-6));
    }
}
