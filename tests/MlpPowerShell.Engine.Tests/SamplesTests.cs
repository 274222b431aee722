using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What a model makes of a data set, and what its network makes of that.</summary>
public class SamplesTests
{
    private static readonly MlpDataset _data = TestData.Random(3, 90, 5, 4);

    [Fact]
    public void Arrays_are_taken_as_they_are()
    {
        Samples samples = Encode(_data, Model(4));
        Assert.Same(_data.Floats, samples.Floats);
        Assert.Equal(Codes, samples.Labels);
        Assert.Null(samples.Targets);
        Assert.Null(samples.Weights);

        MlpDataset numbers = _data.WithTargets(new float[180], ["a", "b"]).WithSampleWeights([.. Enumerable.Repeat(2f, 90)]);
        samples = Encode(numbers, Model(2, LossKind.MeanSquaredError));
        Assert.Null(samples.Labels);
        Assert.Equal(180, samples.Targets!.Length);
        Assert.Equal(90, samples.Weights!.Length);
        Assert.Equal("TargetsMissing", Assert.Throws<MlpException>(() => Encode(numbers, Model(3, LossKind.MeanSquaredError))).ErrorId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_caller_does_to_his_arrays_afterwards_reaches_no_data_set(bool asPixels)
    {
        byte[] pixels = [1, 2, 3, 4, 5, 6];
        float[] numbers = [1, 2, 3, 4, 5, 6], targets = [0.5f, 1, 2], weights = [1, 2, 3];
        int[] labels = [0, 1, 1];
        string[] names = ["a", "b"], targetNames = ["t"];
        MlpDataset Make(ReadOnlySpan<byte> bytes, ReadOnlySpan<float> floats) =>
            (asPixels
                ? new MlpDataset("own", bytes, labels, 2, names)
                : new MlpDataset("own", floats, labels, 2, names)).WithSampleWeights(weights);
        MlpDataset changed = Make(pixels, numbers);
        MlpDataset changedTargets = changed.WithTargets(targets, targetNames);
        object[] before = [.. changedTargets.Targets!];
        Array.Fill(pixels, (byte)99);
        foreach (float[] array in new[] { numbers, targets, weights })
            Array.Fill(array, float.NaN);
        Array.Fill(labels, 1_000_000);
        Array.Fill(names, "x");
        targetNames[0] = "y";
        Assert.Equal(["a", "b"], changed.ClassNames);
        Assert.Equal(["t"], changedTargets.TargetNames);
        Assert.Equal(before, changedTargets.Targets);
        Assert.Equal(["a", "b", "b"], changed.Labels);
        Assert.Equal([1f, 2f, 3f], changed.SampleWeights);
        Assert.Equal(asPixels ? [5 / 255f, 6 / 255f] : [5f, 6f], changed.GetSample(2));
    }

    [Theory]
    [InlineData(LossKind.CrossEntropy, 3)]
    [InlineData(LossKind.BinaryCrossEntropy, 3)]
    [InlineData(LossKind.BinaryCrossEntropy, 1)]
    [InlineData(LossKind.Ordinal, 2)]
    public void A_class_that_the_model_lacks_adds_no_loss_and_is_never_right(LossKind loss, int outputs)
    {
        MlpModel model = Model(outputs, loss);
        int classes = loss.ClassesOf(outputs);
        Samples all = Encode(_data, model);
        Assert.Equal(Codes.Select(label => label < classes ? label : -1), all.Labels!);
        BatchScore expected = default;
        for (int i = 0; i < all.Count; i++)
        {
            if (all.Labels![i] < 0)
                Assert.Equal(new BatchScore(0, 0, 0, 1), Score(model, all, i, 1));
            else
                expected += Score(model, all, i, 1);
        }

        BatchScore score = Score(model, all, 0, all.Count);
        Assert.Equal(expected.Loss, score.Loss, 1e-4);
        Assert.Equal(expected.Correct, score.Correct);
        Assert.True(score.Correct > 0);
    }

    [Theory]
    [InlineData(LossKind.CrossEntropy, 4)]
    [InlineData(LossKind.BinaryCrossEntropy, 4)]
    [InlineData(LossKind.Ordinal, 3)]
    public void What_is_no_number_is_never_right(LossKind loss, int outputs)
    {
        MlpModel model = Model(outputs, loss);
        model.Layers[0].Biases[0] = float.NaN;
        BatchScore score = Score(model, Encode(_data, model), 0, 90);
        Assert.False(double.IsFinite(score.Loss));
        Assert.Equal(0, score.Correct);
    }

    private static int[] Codes => [.. Enumerable.Range(0, _data.Count).Select(_data.LabelColumns[0].CodeAt)];

    private static Samples Encode(MlpDataset data, MlpModel model) => model.Ends.Encode(data, EncodingPurpose.Measuring, null);

    private static MlpModel Model(int outputs, LossKind loss = LossKind.CrossEntropy)
    {
        var model = MlpModel.Create(5, new HiddenLayers([7], [Activation.Named("Tanh")]), outputs, Initializer.Default, 1, loss);
        if (!loss.IsRegression())
            model.NameClasses([.. _data.ClassNames.Take(loss.ClassesOf(outputs))]);
        return model;
    }

    private static BatchScore Score(MlpModel model, Samples samples, int start, int count)
    {
        var layout = new ParameterLayout(model, Kernel.Best);
        var weights = new AlignedBuffer(layout.Length);
        layout.Pack(model, weights);
        return new ForwardPass(layout, count, 1).Score(samples, start, count, weights);
    }

    [Fact]
    public void What_does_not_fit_a_network_is_refused_before_it_reaches_a_pointer()
    {
        MlpModel model = MlpModel.Create(3, new HiddenLayers([4], [Activation.Named("ReLU")]), 2, Initializer.Default, 1);
        var layout = new ParameterLayout(model, Kernel.Best);
        var weights = new AlignedBuffer(layout.Length);
        var gradient = new AlignedBuffer(layout.Length);
        var forward = new ForwardPass(layout, 8, 1);
        var backward = new BackwardPass(layout, 8, 1);
        Samples good = Of(3, 12, [0, 1, 0, 1]);
        foreach (Samples bad in new[] { Of(
            2, 12, [0, 1, 0, 1]), Of(3, 11, [0, 1, 0, 1]), Of(3, 12, [0, 1, 0]), Of(3, 12, [0, 1, 0, 2]), Of(3, 12, [0, -2, 0, 1]) })
        {
            Refuses(() => forward.Score(bad, 0, 4, weights));
        }

        Refuses(() => forward.Score(good, 1, 4, weights));
        Refuses(() => forward.Score(good, -1, 2, weights));
        Refuses(() => forward.Score(good, 0, 4, new AlignedBuffer(layout.Length - 1)));
        Refuses(() => backward.Gradient(new Batch(Of(3, 12, [0, -1, 0, 1]), null, 0, 4), weights, gradient));
        Refuses(() => backward.Gradient(new Batch(good, [0, 1, 4, 2], 0, 4), weights, gradient));
        Refuses(() => backward.Gradient(new Batch(good, [0, 1, 2], 0, 4), weights, gradient));
        Refuses(() => backward.Gradient(new Batch(good, null, 0, 4), weights, new AlignedBuffer(1)));
        Assert.True(double.IsFinite(backward.Gradient(new Batch(good, [3, 1, 0, 2], 0, 4), weights, gradient).Loss));
        _ = forward.Score(Of(3, 12, [0, -1, 0, 1]), 0, 4, weights);

        static Samples Of(int features, int values, int[] labels) =>
            new() { Count = 4, DenseCount = features, Floats = new float[values], Labels = labels };
        static void Refuses(Action action) => Assert.ThrowsAny<ArgumentException>(action);
    }
}
