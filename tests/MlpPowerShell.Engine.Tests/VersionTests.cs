using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Files that older versions wrote, beside what these predicted.</summary>
public sealed class VersionTests
{
    // Where columns are categories, sums are added up in another order than they were.
    private const double Rounding = 2e-6;

    public static TheoryData<string, string> Files() => new()
    {
        { "v1-classes", "1" },
        { "v1-pixels", "1" },
        { "v2-numbers", "2" },
        { "v3-classes", "3" },
        { "v3-numbers", "3" },
        { "v3-labels", "3" },
        { "v3-two", "3" },
        { "v3-dates", "3" },
        { "v4-half", "4" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Older_files_predict_what_they_did(string name, string version)
    {
        string path = TestData.Reference($"versions/{name}.safetensors");
        Assert.Equal(version, MlpModelInfo.Read(path).FormatVersion);
        MlpModel model = ModelFile.Read(path);
        string[][] expected = TestData.Rows($"versions/{name}");
        MlpPrediction[] predicted = [.. new MlpPredictor(model).Predict(DataOf(name))];
        Assert.Equal(expected.Length, predicted.Length);

        // Narrower vectors round otherwise, by float32's noise in what the network gives, which is scaled.
        double noise = model.Output.Targets.Count > 0 ? Rounding / model.Output.Targets[0].Factor : Rounding;
        for (int i = 0; i < expected.Length; i++)
        {
            string prediction = expected[i][1].Trim('"');
            float[] probabilities = [.. expected[i][2].Trim('"')
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(text => (float)TestData.Number(text))];
            Assert.Equal(probabilities, predicted[i].Probabilities, (one, other) => Math.Abs(one - other) <= Rounding);
            switch (predicted[i].Prediction)
            {
                case double number:
                    Assert.Equal(TestData.Number(prediction), number, noise);
                    break;
                case DateTime date:
                    Assert.Equal(
                        DateTime.Parse(prediction, System.Globalization.CultureInfo.InvariantCulture), date, TimeSpan.FromDays(noise));
                    break;
                case IEnumerable<object> labels:
                    Assert.Equal(prediction, string.Join(';', labels));
                    break;
                default:
                    Assert.Equal(prediction, FormattableString.Invariant($"{predicted[i].Prediction}"));
                    break;
            }
        }
    }

    [Fact]
    public void A_file_that_needs_the_newest_version_says_so_and_others_keep_their_numbers()
    {
        MlpDataset data = MixedTable.Dataset(MixedTable.Rows(1, 60));
        var plain = new EncodingOptions { UnknownCategory = UnknownCategory.Ignore };
        Assert.Equal("3", VersionOf(ModelEnds.Fit(data, null, plain)));
        Assert.Equal("5", VersionOf(ModelEnds.Fit(data, null, plain with { Scaling = FeatureScaling.Log })));
        Assert.Equal("5", VersionOf(ModelEnds.Fit(data, null, plain with { MaxCategories = 3 })));
        Assert.Equal("2", VersionOf(LossKind.Huber));
        Assert.Equal("6", VersionOf(LossKind.LogCosh));
        Assert.Equal("6", VersionOf(LossKind.Focal));
        Assert.Equal("7", VersionOf(LossKind.Ordinal));
        Assert.Equal(
            "1",
            ModelContent.Of(MlpModel.CreateFor(
                TestData.Train, new HiddenLayers([4], [Activation.ReLU]), Initializer.Zeros, 1)).Metadata[ModelContent.VersionKey]);
    }

    private static string VersionOf(LossKind loss) =>
        ModelContent.Of(new MlpModel(2, new HiddenLayers([], []), 2, loss)).Metadata[ModelContent.VersionKey];

    private static string VersionOf(ModelEnds ends) =>
        ModelContent.Of(MlpModel.CreateFor(
            ends, new HiddenLayers([], [Activation.Identity]), Initializer.Zeros, 1)).Metadata[ModelContent.VersionKey];

    private static MlpDataset DataOf(string name)
    {
        if (name.EndsWith("pixels", StringComparison.Ordinal))
            return MnistReader.Read(TestData.MnistFolder, MnistSplit.Train, 0, 40);
        if (name[1] is '1' or '2')
        {
            return new MlpDataset(
                "x",
                [.. Enumerable.Range(0, 64)
                    .SelectMany(i => new[] { (float)(i * 7919 % 100 / 50.0), (float)(i * 31 % 17 / 10.0), (float)(i * 13 % 7 / 3.0) })],
                null,
                3,
                []);
        }

        return TableReader.Read(TestData.Reference("versions/rows.csv"), new TableReadOptions())
            .ToDataset(new TableOptions { Label = ["kind"], Task = MlpTask.Classification });
    }
}
