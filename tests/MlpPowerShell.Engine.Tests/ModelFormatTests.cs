using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using OutputKind = Microsoft.CodeAnalysis.OutputKind;

namespace MlpPowerShell.Engine.Tests;

/// <summary>The formats beside our own and ONNX, the precisions, and the files of older versions.</summary>
public sealed partial class ModelFormatTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-formats-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<ModelFormat, WeightPrecision, string> FormatsAndPrecisions
    {
        get
        {
            var data = new TheoryData<ModelFormat, WeightPrecision, string>();
            foreach (ModelFormat format in Enum.GetValues<ModelFormat>())
            {
                foreach (WeightPrecision precision in Enum.GetValues<WeightPrecision>())
                {
                    data.Add(format, precision, "Tanh");
                    data.Add(format, precision, "PReLU");
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(FormatsAndPrecisions))]
    public void Every_format_reads_back_what_it_writes_or_refuses(ModelFormat format, WeightPrecision precision, string activation)
    {
        ModelFormatDefinition definition = format.Definition();
        string path = PathOf("m" + (definition.Ending ?? ".any"));
        MlpModel model = TravelTestModels.Classifier(Activation.Named(activation), true);
        if (!definition.Precisions.Contains(precision))
        {
            Assert.Equal(
                "PrecisionUnsupported", Assert.Throws<MlpException>(() => ModelFile.Write(model, path, format, precision)).ErrorId);
            return;
        }

        ModelFile.Write(model, path, format, precision);
        var options = new ModelReadOptions { Format = format };
        if (definition.Read is null)
        {
            Assert.Null(definition.ReadHead);
            Assert.Equal("FormatNotRead", Assert.Throws<MlpException>(() => ModelFile.Read(path, options)).ErrorId);
            Assert.Equal("FormatNotRead", Assert.Throws<MlpException>(() => MlpModelInfo.Read(path, format)).ErrorId);
            return;
        }

        AssertSame(ModelFile.Rounded(model, precision), ModelFile.Read(path, options));
        Assert.Equal((model.Architecture, format), (MlpModelInfo.Read(path, format).Architecture, MlpModelInfo.Read(path, format).Format));
        if (definition.Ending is not null)
            AssertSame(ModelFile.Rounded(model, precision), ModelFile.Read(path));
    }

    [Theory]
    [InlineData("relu", "ReLU", "ReLU")]
    [InlineData("gelu", "GELU")]
    [InlineData("silu", "SiLU")]
    [InlineData("others", "Tanh", "Sigmoid", "ELU", "LeakyReLU", "Softplus")]
    [InlineData("identity", "Identity")]
    [InlineData("batchnorm-plain", "ReLU")]
    [InlineData("prelu-shared", "PReLU", "ReLU")]
    public void PyTorchs_tensors_predict_as_they_did_there(string name, params string[] activations)
    {
        MlpModel model = ModelFile.Read(
            TestData.Reference($"models/{name}.safetensors"),
            new ModelReadOptions { Activations = [.. activations.Select(Activation.Named)] });
        OnnxTests.AssertRuns(model, name, sums: true);
    }

    [Theory]
    [InlineData(false, "0.weight 0.bias 2.weight 2.bias 4.weight 4.bias")]
    [InlineData(true, "0.weight 1.weight 1.bias 1.running_mean 1.running_var 1.num_batches_tracked 3.weight 4.weight 4.bias "
        + "4.running_mean 4.running_var 4.num_batches_tracked 6.weight 6.bias")]
    public void PyTorchs_names_are_written_and_read(bool normalized, string names)
    {
        MlpModel model = TravelTestModels.Classifier(Activation.Named("Tanh"), normalized);
        ModelFile.Write(model, PathOf("torch.safetensors"), ModelFormat.PyTorch);
        Assert.Equal(names, string.Join(' ', SafetensorsFile.Read(PathOf("torch.safetensors")).Tensors.Keys));
        AssertSame(model, ModelFile.Read(PathOf("torch.safetensors")));
    }

    [Fact]
    public void Tensors_with_names_of_attributes_are_layers_in_the_order_of_their_numbers()
    {
        ModelTensor Weight(string name, int rows, int columns) =>
            new(name, [rows, columns], [.. Enumerable.Range(0, rows * columns).Select(i => (float)i)]);
        AtomicFile.Write(
            PathOf("m.safetensors"),
            stream => SafetensorsFile.Write(
                stream,
                new Dictionary<string, string>(),
                [Weight("fc10.weight", 2, 3), Weight("fc2.weight", 3, 4), Weight("fc1.weight", 4, 5)]));
        Assert.Equal(
            "5-4-3-2", ModelFile.Read(PathOf("m.safetensors"), new ModelReadOptions { Activations = [Activation.ReLU] }).Architecture);
    }

    [Fact]
    public void One_output_without_a_loss_is_a_number()
    {
        AtomicFile.Write(
            PathOf("m.safetensors"),
            stream => SafetensorsFile.Write(
                stream, new Dictionary<string, string>(), [new("0.weight", [1, 2], [1, 2]), new("0.bias", [1], [3])]));
        Assert.Equal(LossKind.MeanSquaredError, ModelFile.Read(PathOf("m.safetensors")).Loss);
    }

    [Fact]
    public void A_convolution_is_refused_by_its_name()
    {
        MlpException failure = Assert.Throws<MlpException>(() => ModelFile.Read(
            TestData.Reference("models/convolution.safetensors"), new ModelReadOptions { Activations = [Activation.ReLU] }));
        Assert.Contains("0.weight of shape [2, 1, 3, 3]", failure.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NumPys_arrays_come_back_with_all_facts(bool normalized)
    {
        MlpModel model = TravelTestModels.Classifier(Activation.Named("SiLU"), normalized);
        ModelFile.Write(model, PathOf("m.npz"));
        using (ZipArchive archive = ZipFile.OpenRead(PathOf("m.npz")))
        {
            string[] expected = normalized
                ? [
                    "W1.npy", "b1.npy", "gamma1.npy", "mean1.npy", "var1.npy", "W2.npy", "b2.npy", "gamma2.npy", "mean2.npy", "var2.npy",
                    "W3.npy", "b3.npy", "mlp.json"
                ]
                : ["W1.npy", "b1.npy", "W2.npy", "b2.npy", "W3.npy", "b3.npy", "mlp.json"];
            Assert.Equal(expected, archive.Entries.Select(entry => entry.FullName));
        }

        AssertSame(model, ModelFile.Read(PathOf("m.npz")));
    }

    [Fact]
    public void Biases_as_columns_and_rows_are_read()
    {
        using (ZipArchive archive = ZipFile.Open(PathOf("m.npz"), ZipArchiveMode.Create))
        {
            Add(archive, "W1", [2, 3], [1, 2, 3, 4, 5, 6]);
            Add(archive, "b1", [3, 1], [7, 8, 9]);
            Add(archive, "W2", [3, 2], [1, 4, 2, 5, 3, 6]);
            Add(archive, "b2", [1, 2], [7, 8]);
        }

        MlpModel model = ModelFile.Read(PathOf("m.npz"), new ModelReadOptions { Activations = [Activation.ReLU] });
        Assert.Equal("2-3-2", model.Architecture);
        Assert.Equal(4f, model.Layers[0].Weights[0, 1]);
        Assert.Equal(2f, model.Layers[1].Weights[0, 1]);
        Assert.Equal(9f, model.Layers[0].Biases[2]);

        static void Add(ZipArchive archive, string name, int[] shape, float[] values)
        {
            using Stream entry = archive.CreateEntry(name + ".npy").Open();
            NumpyArray.Write(entry, shape, values);
        }
    }

    [Theory]
    [InlineData(ModelFormat.Safetensors, WeightPrecision.Half)]
    [InlineData(ModelFormat.Safetensors, WeightPrecision.Int8)]
    [InlineData(ModelFormat.PyTorch, WeightPrecision.Half)]
    [InlineData(ModelFormat.Onnx, WeightPrecision.Half)]
    [InlineData(ModelFormat.Onnx, WeightPrecision.Int8)]
    public void Weights_in_fewer_bits_are_within_half_a_step(ModelFormat format, WeightPrecision precision)
    {
        MlpModel model = MlpModel.Create(300, new HiddenLayers([200], [Activation.ReLU]), 10, Initializer.He, 1);
        string whole = PathOf($"whole.{(format == ModelFormat.Onnx ? "onnx" : "safetensors")}");
        string small = PathOf($"small{Path.GetExtension(whole)}");
        ModelFile.Write(model, whole, format);
        ModelFile.Write(model, small, format, precision);
        Assert.True(new FileInfo(small).Length < new FileInfo(whole).Length / (precision == WeightPrecision.Half ? 1.9 : 3.5));
        MlpModel back = ModelFile.Read(small);
        foreach ((MlpLayer layer, MlpLayer rounded) in model.Layers.Zip(back.Layers))
        {
            Assert.Equal(layer.Biases.ToArray(), rounded.Biases.ToArray());
            for (int i = 0; i < layer.OutputSize; i++)
            {
                float largest = layer.Weights.Row(i).AbsoluteMaximum();
                for (int j = 0; j < layer.InputSize; j++)
                {
                    float weight = layer.Weights[i, j];
                    float bound = precision == WeightPrecision.Half ? MathF.Abs(weight) / 2048 + 3e-8f : largest / 127 * 0.5001f;
                    Assert.InRange(rounded.Weights[i, j], weight - bound, weight + bound);
                }
            }
        }

        // What is written once is not rounded again.
        Assert.Equal(TestData.Parameters(back), TestData.Parameters(ModelFile.Rounded(back, WeightPrecision.Single)));
    }

    [Theory]
    [InlineData("m.npz", WeightPrecision.Half, "PrecisionUnsupported")]
    [InlineData("m.cs", WeightPrecision.Int8, "PrecisionUnsupported")]
    [InlineData("m.bin", WeightPrecision.Single, "UnknownFormat")]
    public void What_a_format_does_not_hold_is_refused(string name, WeightPrecision precision, string errorId)
    {
        Assert.Equal(
            errorId,
            Assert.Throws<MlpException>(() => ModelFile.Write(
                TravelTestModels.Classifier(Activation.ReLU, false), PathOf(name), precision: precision)).ErrorId);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_weight_beyond_16_bits_is_named()
    {
        MlpModel model = MlpModel.Create(2, new HiddenLayers([], [Activation.ReLU]), 2, Initializer.He, 1);
        model.Layers[0].Weights[1, 0] = 70_000;
        Assert.Equal(
            "WeightOutsideRange",
            Assert.Throws<MlpException>(() => ModelFile.Write(model, PathOf("m.safetensors"), precision: WeightPrecision.Half)).ErrorId);
    }

    [Theory]
    [InlineData("version-1.safetensors", "3-4-2", "ReLU, Softmax", 3)]
    [InlineData("version-2.safetensors", "3-4-3-2", "BatchNorm Tanh, BatchNorm Tanh, Sigmoid", 0)]
    [InlineData("version-3.safetensors", "4-4-3", "GELU, Softmax", 3)]
    [InlineData("version-4.safetensors", "4-4-3", "GELU, Softmax", 3)]
    [InlineData("checkpoint-3.safetensors", "4-4-3", "ReLU, Softmax", 3)]
    public void Files_of_every_version_stay_readable(string name, string architecture, string activations, int epochs)
    {
        MlpModel model = ModelFile.Read(TestData.Reference($"models/{name}"));
        Assert.Equal((architecture, activations, epochs), (model.Architecture, model.Activations, model.EpochsTrained));
        Assert.Equal(name.Contains('3') || name.Contains('4'), model.Input.Columns.Count > 0);
        ModelFile.Write(model, PathOf("again.safetensors"));
        AssertSame(model, ModelFile.Read(PathOf("again.safetensors")));
    }

    private static (int ExitCode, string Output) Python(string path, params string[] arguments)
    {
        using Process process =
            Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    // Spans can't be boxed: the compiled caller makes them of arrays.
    private static object Call(Type type, string method, object[] inputs) =>
        type.Assembly.GetType("Caller")!.GetMethod(method)!.Invoke(null, [inputs])!;

    /// <summary>The class in an assembly of its own, with a caller that takes arrays and rows as objects.</summary>
    private static Assembly Compiled(string source)
    {
        string name = source.Split("public static class ")[1].Split('\n')[0].Trim();
        string row = source.Split('\n')
            .FirstOrDefault(line => line.Contains(" Predict(double ", StringComparison.Ordinal)
                || line.Contains(" Predict(string? ", StringComparison.Ordinal))
            ?? string.Empty;
        string arguments = string.Join(
            ", ",
            row.Length == 0
                ? []
                : row[row.IndexOf('(')..].Trim('(', ')').Split(", ").Select((parameter, i) => $"({parameter.Split(' ')[0]})inputs[{i}]"));
        string pixels = source.Contains("ReadOnlySpan<byte> pixels", StringComparison.Ordinal)
            ? $"inputs[0] is byte[] pixels ? {name}.METHOD((System.ReadOnlySpan<byte>)pixels) : "
            : string.Empty;
        string call =
            row.Length > 0 ? $"{name}.METHOD({arguments})" : $"{pixels}{name}.METHOD((System.ReadOnlySpan<float>)(float[])inputs[0])";
        string classify = source.Contains("string Classify(", StringComparison.Ordinal)
            ? call.Replace("METHOD", "Classify", StringComparison.Ordinal)
            : "null!";
        string caller = $"#nullable enable\npublic static class Caller {{ public static object Predict(object[] inputs) => "
            + $"{call.Replace("METHOD", "Predict", StringComparison.Ordinal)}; public static object Classify(object[] inputs) => "
                + $"{classify}; }}";
        var options = new CSharpParseOptions(LanguageVersion.CSharp12);
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        MetadataReference[] references = [.. Directory.GetFiles(runtime, "System*.dll")
            .Select(file => MetadataReference.CreateFromFile(file))];
        CSharpCompilation compilation = CSharpCompilation.Create(
            "predictor",
            [CSharpSyntaxTree.ParseText(source, options), CSharpSyntaxTree.ParseText(caller, options)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var stream = new MemoryStream();
        string[] problems = [.. compilation.Emit(stream).Diagnostics
            .Where(problem => problem.Severity >= DiagnosticSeverity.Warning)
            .Select(problem => problem.ToString())];
        Assert.Empty(problems);
        stream.Position = 0;
        return new AssemblyLoadContext(null).LoadFromStream(stream);
    }

    private static void AssertSame(MlpModel expected, MlpModel actual)
    {
        Assert.Equal((expected.Architecture, expected.Activations, expected.Loss), (actual.Architecture, actual.Activations, actual.Loss));
        Assert.Equal(expected.ClassNames, actual.ClassNames);
        Assert.Equal(expected.Fingerprint(), actual.Fingerprint());
        Assert.Equal(Ends(expected), Ends(actual));
    }

    /// <summary>All that a file says of the two ends of a model.</summary>
    private static Dictionary<string, string> Ends(MlpModel model)
    {
        var facts = new Dictionary<string, string>();
        EndsContent.Write(model, facts);
        return facts;
    }
}
