using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public class ResultFileTests
{
    private static readonly MlpDataset _data = TestData.Random(1, 90, 4, 3);

    [Fact]
    public void Lists_that_are_not_there_are_empty()
    {
        byte[] bytes = "{\"Model\":\"m\",\"Dataset\":\"x\",\"Samples\":1,\"Loss\":1,\"Classes\":null,\"TopAccuracies\":null}"u8.ToArray();
        MlpEvaluation evaluation = ResultFile.ReadEvaluation(new MemoryStream(bytes));
        Assert.Empty(evaluation.Classes);
        Assert.Empty(evaluation.TopAccuracies);
    }

    [Fact]
    public void An_epoch_comes_back_equal_with_its_run()
    {
        var options = new TrainingOptions
        {
            Epochs = 2,
            LearningRate = 0.1,
            BatchSize = 16,
            Seed = 7,
            Name = "a run",
            ValidationFraction = 0.2,
        };
        foreach (MlpEpoch epoch in MlpTrainer.Train(
            MlpModel.CreateFor(_data, new HiddenLayers([5], [Activation.Named("Tanh")]), Initializer.Default, 1), _data, _data, options))
        {
            MlpEpoch back = ResultFile.ReadEpoch(new MemoryStream(ResultFile.ToBytes(epoch)));
            Assert.Equal(epoch with { Details = back.Details }, back);
            Assert.Equal($"{epoch.Details}", $"{back.Details}");
            Assert.Equal(("a run", 7, 16), (back.Run, back.Seed, back.BatchSize));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_evaluation_comes_back_with_all_that_it_holds(bool regression)
    {
        MlpDataset data = regression ? _data.WithTargets([.. Enumerable.Range(0, 90).Select(i => i / 3f)], ["price"]) : _data;
        MlpEvaluation evaluation = new MlpPredictor(MlpModel.CreateFor(
            data, new HiddenLayers([5], [Activation.Named("Tanh")]), Initializer.Default, 1)).Measure(data);
        MlpEvaluation back = ResultFile.ReadEvaluation(new MemoryStream(ResultFile.ToBytes(evaluation)));
        Assert.Equivalent(evaluation, back, strict: true);
        Assert.Equal(evaluation.ConfusionMatrix, back.ConfusionMatrix);
        Assert.Equal($"{evaluation}", $"{back}");
    }

    [Fact]
    public void A_comparison_comes_back_with_all_that_it_holds()
    {
        MlpModel[] models = [.. new[] { 1, 2 }.Select(seed => MlpModel.CreateFor(
            _data, new HiddenLayers([5], [Activation.Named("Tanh")]), Initializer.Default, seed))];
        MlpComparison comparison = MlpComparison.Compare(models[0], models[1], _data);
        Assert.Equivalent(comparison, ResultFile.ReadComparison(new MemoryStream(ResultFile.ToBytes(comparison))), strict: true);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"Dataset\":\"x\",\"Samples\":0,\"BothRight\":0,\"OnlyFirstRight\":0,\"OnlySecondRight\":0}")]
    [InlineData("{\"Dataset\":\"x\",\"Samples\":5,\"BothRight\":3,\"OnlyFirstRight\":2,\"OnlySecondRight\":1}")]
    [InlineData("{\"Dataset\":\"x\",\"Samples\":5,\"BothRight\":3,\"OnlyFirstRight\":-1,\"OnlySecondRight\":1}")]
    public void A_comparison_whose_counts_can_not_be_is_an_error(string text) => Assert.Equal(
        "InvalidResultContent",
        Assert.Throws<MlpException>(() =>
            ResultFile.ReadComparison(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)))).ErrorId);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"Epoch\":null,\"Run\":null}")]
    [InlineData("{\"Dataset\":\"x\",\"Classes\":[null]}")]
    [InlineData("{\"Dataset\":\"x\",\"Classes\":[],\"Confusion\":[[1,2]]}")]
    [InlineData("{\"Model\":\"m\",\"Dataset\":\"x\",\"Samples\":1,\"Loss\":1,\"Classes\":[],\"Confusion\":[[1,2]]}")]
    [InlineData("{\"Model\":\"m\",\"Dataset\":\"x\",\"Samples\":1,\"Loss\":1,\"Classes\":[{\"Class\":null}]}")]
    [InlineData("{\"Model\":\"m\",\"Dataset\":\"x\",\"Samples\":1,\"Loss\":1,\"Targets\":[null]}")]
    [InlineData("{\"Model\":\"m\",\"Dataset\":\"x\",\"Samples\":1,\"Loss\":1,\"Confusion\":[[1,2],[3]]}")]
    public void Bytes_that_are_none_are_an_error(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        Assert.Equal("InvalidResultContent", Assert.Throws<MlpException>(() => ResultFile.ReadEpoch(new MemoryStream(bytes))).ErrorId);
        Assert.Equal("InvalidResultContent", Assert.Throws<MlpException>(() => ResultFile.ReadEvaluation(new MemoryStream(bytes))).ErrorId);
    }
}
