using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>The sums of a model's output layer for samples, with what is true of them.</summary>
internal sealed class CalibrationSamples
{
    private readonly List<float> _sums = [];
    private readonly List<bool> _holds = [];
    private readonly List<int> _labels = [];
    private readonly List<double> _weights = [];

    private CalibrationSamples(MlpModel model) => (Width, Function) = (model.OutputSize, model.Loss.Function());

    /// <summary>Outputs of a sample.</summary>
    public int Width { get; }

    /// <summary>What makes probabilities of the sums.</summary>
    public OutputFunction Function { get; }

    /// <summary>Samples that count, of classes that the model has.</summary>
    public int Count => _weights.Count;

    /// <summary>Has a model that predicts classes or labels compute its sums.</summary>
    /// <exception cref="MlpException">The data set does not meet the model, or has no sample of its classes.</exception>
    public static CalibrationSamples Of(MlpModel model, MlpDataset dataset, EncodingNotes notes, CancellationToken cancellation)
    {
        notes.LeavesUnknownOut = true;
        var samples = new CalibrationSamples(model);
        var predictor = new MlpPredictor(model, notes, cancellation) { KeepsSums = true };
        predictor.Visit(dataset, _ => samples.Add);
        return samples.Count > 0 ? samples : throw new MlpException(
            "NoSamples",
            MlpErrorKind.InvalidData,
            $"The data set {dataset.Name} has no sample that counts and is of a class of the model.");
    }

    /// <summary>The sums of a sample.</summary>
    public ReadOnlySpan<float> SumsOf(int sample) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sums).Slice(sample * Width, Width);

    /// <summary>What a sample counts, above 0.</summary>
    public double WeightOf(int sample) => _weights[sample];

    /// <summary>The class of a sample.</summary>
    public int LabelOf(int sample) => _labels[sample];

    /// <summary>Whether what an output stands for holds for a sample: its class, or a label of it.</summary>
    public bool Holds(int sample, int output) => _holds[(sample * Width) + output];

    private void Add(Samples part, int sample, ReadOnlySpan<float> sums, SampleScore score)
    {
        int label = part.Labels is { } labels ? labels[sample] : 0;
        if (label < 0 || part.WeightOf(sample) <= 0)
            return;
        _sums.AddRange(sums);
        _labels.Add(label);
        _weights.Add(part.WeightOf(sample));
        for (int j = 0; j < Width; j++)
        {
            // One output is that of the second of two classes.
            _holds.Add(part.HoldsAt(sample, part.Targets is null && Width == 1 ? 1 : j, Width));
        }
    }
}
