using System.IO.Compression;
using System.Text.Json;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>NumPy files whose weights are [out, in] or [in, out].</summary>
public sealed class WeightLayoutTests : IDisposable
{
    private static readonly ModelReadOptions _options = new() { Activations = [Activation.ReLU] };
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-layouts-").FullName;

    private string File => Path.Combine(_folder, "m.npz");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_network_of_scikit_learns_with_square_layers_predicts_as_there()
    {
        MlpDataset digits = TableReader.Read(TestData.TableFile("digits.csv"), new TableReadOptions())
            .ToDataset(new TableOptions { Label = ["-1"] });
        MlpModel model = ModelFile.Read(TestData.Reference("models/scikit-digits.npz"), _options).Named(digits);
        using JsonDocument figures = JsonDocument.Parse(System.IO.File.ReadAllText(TestData.Reference("models/scikit.json")));
        MlpEvaluation evaluation = new MlpPredictor(model).Measure(digits);
        Assert.Equal(figures.RootElement.GetProperty("accuracy").GetDouble(), evaluation.Accuracy!.Value, 1e-12);
        double loss = figures.RootElement.GetProperty("loss").GetDouble();
        Assert.Equal(loss, evaluation.Loss, 1e-5 * loss);
    }

    [Theory]
    [InlineData(WeightLayout.OutIn)]
    [InlineData(WeightLayout.InOut)]
    public void Square_layers_follow_the_others(WeightLayout layout)
    {
        MlpModel model = MlpModel.Create(5, new HiddenLayers([5, 5], [Activation.ReLU]), 3, Initializer.Default, 1);
        Write(model, _ => layout);
        Assert.Equal(model.Fingerprint(), ModelFile.Read(File, _options).Fingerprint());
        Assert.Equal(model.Fingerprint(), ModelFile.Read(File, _options with { WeightLayout = layout }).Fingerprint());
        AssertFails("WeightLayoutMismatch", _options with { WeightLayout = (WeightLayout)(1 - (int)layout) });
    }

    [Fact]
    public void Square_layers_alone_are_asked_about()
    {
        MlpModel model = MlpModel.Create(4, new HiddenLayers([4], [Activation.ReLU]), 4, Initializer.Default, 1);
        foreach (WeightLayout layout in Enum.GetValues<WeightLayout>())
        {
            Write(model, _ => layout);
            AssertFails("WeightLayoutUnknown", _options);
            Assert.Equal(model.Fingerprint(), ModelFile.Read(File, _options with { WeightLayout = layout }).Fingerprint());
        }

        // What this module writes says of itself how it stands.
        ModelFile.Write(model, File);
        Assert.Equal(model.Fingerprint(), ModelFile.Read(File).Fingerprint());
        AssertFails("WeightLayoutMismatch", _options with { WeightLayout = WeightLayout.InOut });
    }

    [Fact]
    public void Layers_that_disagree_and_formats_with_one_layout_are_refused()
    {
        MlpModel model = MlpModel.Create(5, new HiddenLayers([4], [Activation.ReLU]), 3, Initializer.Default, 1);
        Write(model, layer => (WeightLayout)layer);
        AssertFails("InvalidModelFile", _options);
        string path = Path.Combine(_folder, "m.safetensors");
        ModelFile.Write(model, path);
        Assert.Equal(
            "WeightLayoutUnused",
            Assert.Throws<MlpException>(() => ModelFile.Read(path, _options with { WeightLayout = WeightLayout.OutIn })).ErrorId);
    }

    private void AssertFails(string errorId, ModelReadOptions options) =>
        Assert.Equal(errorId, Assert.Throws<MlpException>(() => ModelFile.Read(File, options)).ErrorId);

    /// <summary>Writes weights and biases as NumPy does, and nothing else.</summary>
    private void Write(MlpModel model, Func<int, WeightLayout> layoutOf)
    {
        using FileStream stream = System.IO.File.Create(File);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create);
        for (int i = 0; i < model.Layers.Count; i++)
        {
            MlpLayer layer = model.Layers[i];
            bool isOutIn = layoutOf(i) == WeightLayout.OutIn;
            int[] shape = [layer.OutputSize, layer.InputSize];
            using (Stream weights = archive.CreateEntry($"W{i + 1}.npy").Open())
            {
                NumpyArray.Write(
                    weights,
                    isOutIn ? shape : [.. shape.Reverse()],
                    isOutIn ? layer.Weights.ToRowMajorArray() : layer.Weights.ToColumnMajorArray());
            }

            using Stream biases = archive.CreateEntry($"b{i + 1}.npy").Open();
            NumpyArray.Write(biases, [layer.OutputSize], layer.Biases.ToArray());
        }
    }
}
