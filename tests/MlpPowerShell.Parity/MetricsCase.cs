using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Parity;

/// <summary>
/// Outputs of a model and what they should be, to be measured: drawn from a seed, with classes that are absent and targets that never vary.
/// </summary>
public sealed class MetricsCase : ICase
{
    private readonly int _number;
    private readonly OutputKind _kind;
    private readonly int _width;
    private readonly float[] _outputs;
    private readonly int[] _labels = [];
    private readonly float[] _targets = [];
    private readonly float[]? _sampleWeights;

    /// <param name="seed">The same seed gives the same cases.</param>
    /// <param name="number">Which of them.</param>
    public MetricsCase(int seed, int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) - number));
        OutputKind[] kinds = Enum.GetValues<OutputKind>();
        _kind = kinds[random.Next(kinds.Length)];
        int count = random.Next(2, random.Next(3) == 0 ? 300 : 20);
        _width = _kind == OutputKind.Classes ? random.Next(1, 6) : random.Next(_kind == OutputKind.Labels ? 2 : 1, 5);
        double shift = _kind == OutputKind.Numbers && random.Next(4) == 0 ? 1000 : 0;
        _outputs = [.. Enumerable.Range(0, count * _width).Select(_ => (float)Math.Round(shift + (16 * random.NextDouble()) - 8, 1))];
        int classes = random.Next(1, Math.Max(2, _width) + 1);
        if (_kind == OutputKind.Classes)
            _labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))];
        else if (_kind == OutputKind.Labels)
            _targets = [.. Enumerable.Range(0, count * _width).Select(i => i % _width < classes ? random.Next(2) : 0f)];
        else
            _targets = Targets(random, classes, shift);
        _sampleWeights = random.Next(3) == 0 ? [1f, .. Enumerable.Range(1, count - 1).Select(_ => (float)random.Next(4))] : null;
        _number = number;
    }

    /// <inheritdoc/>
    public override string ToString() => $"measures {_number}: {_outputs.Length / _width} samples, {_width} outputs, {_kind}";

    /// <inheritdoc/>
    public object Request(int runs) => new
    {
        Kind = "metrics",
        Runs = runs,
        Width = _width,
        Outputs = _outputs,
        Labels = _labels,
        Targets = _targets,
        SampleWeights = _sampleWeights,
        KindOfOutputs = _kind.ToString().ToLowerInvariant(),
    };

    /// <inheritdoc/>
    public IReadOnlyList<string> Differences(Reference reference) => reference.Differences(Figures());

    /// <summary>What the engine measures of a model that gives the outputs, by the names that reference.py has for it.</summary>
    private Dictionary<string, double[]> Figures()
    {
        // Features are the outputs of a model that hands them on.
        string[] names = [.. Enumerable.Range(0, _kind == OutputKind.Classes ? Math.Max(2, _width) : _width).Select(i => $"{i}")];
        var data = new MlpDataset("measures", _outputs, _kind == OutputKind.Classes ? _labels : null, _width, names);
        if (_kind != OutputKind.Classes)
            data = data.WithTargets(_targets, names);
        MlpEvaluation evaluation = new MlpPredictor(Model(names))
            .Measure(_sampleWeights is null ? data : data.WithSampleWeights(_sampleWeights));
        var figures = new Dictionary<string, double[]> { ["loss"] = [evaluation.Loss] };
        if (_kind == OutputKind.Numbers)
        {
            figures["mean absolute error"] = [evaluation.MeanAbsoluteError!.Value];
            figures["root mean squared error"] = [evaluation.RootMeanSquaredError!.Value];
            figures["R2"] = [evaluation.R2!.Value];
            return figures;
        }

        if (evaluation.ConfusionMatrix is { } confusion)
            figures["confusion"] = confusion.ToRowMajorArray();
        figures["accuracy"] = [evaluation.Accuracy!.Value];
        figures["precision"] = [.. evaluation.Classes.Select(score => score.Precision)];
        figures["recall"] = [.. evaluation.Classes.Select(score => score.Recall)];
        figures["F1"] = [.. evaluation.Classes.Select(score => score.F1)];
        figures["support"] = [.. evaluation.Classes.Select(score => (double)score.Support)];
        figures["macro F1"] = [evaluation.MacroF1!.Value];
        figures["log loss"] = [evaluation.LogLoss!.Value];
        return figures;
    }

    private float[] Targets(Random random, int varying, double shift)
    {
        var targets = new float[_outputs.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            // Some never vary, of which some are hit each time.
            bool varies = i % _width < varying;
            bool isHit = !varies && i % _width == _width - 1;
            targets[i] = (float)Math.Round(shift + (varies ? (16 * random.NextDouble()) - 8 : 0.25), 2);
            if (isHit)
                _outputs[i] = targets[i];
        }

        return targets;
    }

    private MlpModel Model(string[] names)
    {
        LossKind loss = _kind == OutputKind.Numbers ? LossKind.MeanSquaredError
            : _kind == OutputKind.Labels || _width == 1 ? LossKind.BinaryCrossEntropy : LossKind.CrossEntropy;
        var model = new MlpModel(_width, new HiddenLayers([], [Activation.Identity]), _width, loss);
        for (int i = 0; i < _width; i++)
            model.Layers[0].Weights[i, i] = 1;
        model.NameClasses(names);
        return model;
    }
}
