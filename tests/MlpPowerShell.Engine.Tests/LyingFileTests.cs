using System.Text.Json.Nodes;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Files that are whole but for one fact, which says what can't be: finds of the fuzzer, each kept.</summary>
public sealed class LyingFileTests
{
    private static MlpDataset Durations { get; } = Table([TimeSpan.FromSeconds(90), TimeSpan.FromHours(1), TimeSpan.FromHours(-2)]);

    [Theory]
    [InlineData("")]
    [InlineData("Outer`1[[Inner, Elsewhere]]")]
    [InlineData("System.Nothing, NoSuchAssembly")]
    public void A_type_of_classes_that_is_no_name_leaves_texts(string type)
    {
        MlpModel model = ModelFor(Classes(), null);
        MlpModel read = Lying(model, "output", head => head["Type"] = type);
        Assert.Equal("a", new MlpPredictor(read).Predict(Classes()).First().Label);
    }

    [Theory]
    [InlineData("System.Byte")]
    [InlineData("System.SByte")]
    [InlineData("System.UInt16")]
    [InlineData("System.Int32")]
    public void A_class_that_its_type_can_not_hold_stays_what_is_written(string type)
    {
        Assert.Equal("9007199254740993", new ColumnType(type).OfText("9007199254740993"));
        Assert.Equal(9007199254740993, new ColumnType("System.Int64").OfText("9007199254740993"));
    }

    [Fact]
    public void A_rare_category_that_is_null_is_refused()
    {
        MlpModel model = ModelFor(Classes(), null);
        MlpException failure = Assert.Throws<MlpException>(
            () => Lying(model, "preprocessing", head => head["Columns"]![0]!["Rare"] = new JsonArray((JsonNode?)null)));
        Assert.Equal("InvalidModelFile", failure.ErrorId);
    }

    [Fact]
    public void A_time_span_beyond_all_has_no_error()
    {
        MlpModel model = ModelFor(Durations, LossKind.MeanSquaredError);
        MlpModel read = Lying(model, "preprocessing", head => head["Labels"]![0]!["Shift"] = 1e308);

        // The longest time span of all lies further above two hours less than nothing than any can be.
        Assert.Null(new MlpPredictor(read).Predict(Durations).Last().Error);
    }

    [Theory]
    [InlineData("""{"Dataset":"d","Samples":1,"Loss":1,"Confusion":[[1]],"Classes":[]}""")]
    [InlineData("""{"Dataset":"d","Samples":1,"Loss":1,"Confusion":[[1]],"Classes":[{"Class":"a"},{"Class":"b"}]}""")]
    [InlineData("""{"Dataset":"d","Samples":1,"Loss":1,"Classes":[{"Class":null}]}""")]
    public void An_evaluation_whose_matrix_is_not_of_its_classes_is_refused(string json)
    {
        var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal("InvalidResultContent", Assert.Throws<MlpException>(() => ResultFile.ReadEvaluation(stream)).ErrorId);
    }

    private static MlpDataset Classes()
    {
        var table = new MlpTable("classes", ["x", "kind"]);
        for (int i = 0; i < 6; i++)
            table.Add([(double)i, i % 2 == 0 ? "a" : "b"]);
        return table.ToDataset(new TableOptions { Label = ["kind"] });
    }

    private static MlpDataset Table(TimeSpan[] spans)
    {
        var table = new MlpTable("spans", ["x", "span"]);
        for (int i = 0; i < spans.Length; i++)
            table.Add([(double)i, spans[i]]);
        return table.ToDataset(new TableOptions { Label = ["span"], Task = MlpTask.Regression });
    }

    private static MlpModel ModelFor(MlpDataset data, LossKind? loss) => MlpModel.CreateFor(
        ModelEnds.Fit(data, loss, new EncodingOptions()), new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, seed: 1);

    /// <summary>The model that comes of a file with one fact changed.</summary>
    private static MlpModel Lying(MlpModel model, string fact, Action<JsonNode> lie)
    {
        ModelContent content = ModelContent.Of(model);
        JsonNode told = JsonNode.Parse(content.Metadata[fact])!;
        lie(told);
        var facts = new Dictionary<string, string>(content.Metadata) { [fact] = told.ToJsonString() };
        return new ModelContent(facts, content.Tensors).ToModel("lying.safetensors", new ModelReadOptions());
    }
}
