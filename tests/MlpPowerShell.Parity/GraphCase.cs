using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Parity;

/// <summary>A network that PyTorch writes as a graph of ONNX in one of the ways that it has, to be read and run here.</summary>
public sealed class GraphCase : ICase
{
    private readonly int _draw;
    private readonly int[] _sizes;
    private readonly string[] _activations;
    private readonly string _end;
    private readonly string? _normalization;
    private readonly bool _hasBiases;
    private readonly bool _drops;
    private readonly bool _folds;
    private readonly bool _isFlattened;
    private readonly bool _isFixed;
    private readonly int _opset;
    private readonly float[] _features;
    private readonly string _path;

    /// <param name="seed">The same seed gives the same graphs.</param>
    /// <param name="number">Which of them.</param>
    /// <param name="folder">Where the graph goes.</param>
    public GraphCase(int seed, int number, string folder)
    {
        _draw = unchecked((seed * 1_000_003) + (7 * number));
        var random = new Random(_draw);
        int[] hidden = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => random.Next(1, 40))];
        _sizes = [random.Next(1, 20), .. hidden, random.Next(1, 7)];
        _activations = Array.ConvertAll(hidden, _ => Activation.All[random.Next(Activation.All.Count)].Name);
        string[] ends = _sizes[^1] > 1 ? ["Identity", "Sigmoid", "Softmax"] : ["Identity", "Sigmoid"];
        _end = ends[random.Next(ends.Length)];
        _normalization = new[] { null, null, "before", "after" }[random.Next(4)];
        _hasBiases = random.Next(4) > 0;
        _drops = random.Next(3) == 0;
        _folds = random.Next(2) == 0;
        _isFlattened = random.Next(4) == 0;
        _isFixed = random.Next(4) == 0;
        _opset = random.Next(9, 18);
        int count = random.Next(1, 9);
        _features = [.. Enumerable.Range(0, count * _sizes[0]).Select(_ => (float)Math.Round((4 * random.NextDouble()) - 2, 3))];
        _path = Path.Combine(folder, $"graph-{number}.onnx");
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Path.GetFileNameWithoutExtension(_path)}: {string.Join('-', _sizes)} {string.Join(' ', _activations)} {_end}, opset {_opset}"
        + $"{(_hasBiases ? string.Empty : ", no biases")}{(_drops ? ", dropout" : string.Empty)}{(_folds ? ", folded" : string.Empty)}"
        + $"{(_isFlattened ? ", flattened" : string.Empty)}{(_normalization is null ? string.Empty : $", normalized {_normalization}")}";

    /// <inheritdoc/>
    public object Request(int runs) => new
    {
        Kind = "graph",
        Runs = runs,
        Draw = _draw,
        Sizes = _sizes,
        Activations = _activations,
        End = _end,
        Normalization = _normalization,
        Biases = _hasBiases,
        Dropout = _drops,
        Folds = _folds,
        Flatten = _isFlattened,
        Fixed = _isFixed,
        Opset = _opset,
        Features = _features,
        Path = _path,
    };

    /// <inheritdoc/>
    public IReadOnlyList<string> Differences(Reference reference)
    {
        try
        {
            // A graph that ends with sums doesn't say that they are numbers.
            LossKind? loss = _end == "Identity" ? LossKind.MeanSquaredError : null;
            MlpModel model = ModelFile.Read(_path, new ModelReadOptions { Loss = loss });
            var data = new MlpDataset("graph", _features, null, _sizes[0], []);
            var outputs = new float[data.Count * _sizes[^1]];
            new MlpPredictor(model).Predict(data, 0, data.Count, outputs);
            return reference.Differences(
                new Dictionary<string, double[]> { ["outputs"] = Array.ConvertAll(outputs, output => (double)output) });
        }
        catch (Engine.MlpException failure)
        {
            return [failure.Message];
        }
    }
}
