using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Lets a model predict, with the weights that it has when this is created. For one thread at a time.</summary>
public sealed class MlpPredictor
{
    private readonly MlpModel _model;
    private readonly Backpropagation _network;
    private readonly AlignedBuffer _weights;
    private readonly float[] _probabilities;

    /// <summary>Prepares a model for predictions.</summary>
    /// <param name="model">The model; what it learns later does not count here.</param>
    public MlpPredictor(MlpModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        var layout = new ParameterLayout(model, Kernel.Best);
        _weights = new AlignedBuffer(layout.Length);
        layout.Pack(model, _weights);
        _network = new Backpropagation(layout, Backpropagation.TileCapacity, Environment.ProcessorCount, training: false);
        _probabilities = new float[Backpropagation.TileCapacity * model.OutputSize];
    }

    /// <summary>Predicts the class of every sample of a data set, with or without labels, as they are asked for.</summary>
    /// <exception cref="MlpException">The data set does not fit the model.</exception>
    public IEnumerable<MlpPrediction> Predict(MlpDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        _model.CheckFits(dataset, labelsNeeded: false);
        return Predictions(dataset);
    }

    /// <summary>Writes the probabilities of all classes for some samples of a data set, without allocating.</summary>
    /// <param name="dataset">Where the samples are.</param>
    /// <param name="start">The first sample, from 0.</param>
    /// <param name="count">How many samples.</param>
    /// <param name="probabilities">Takes count × classes of them, each from 0 to 1, a sample after another.</param>
    /// <exception cref="MlpException">The data set does not fit the model.</exception>
    /// <exception cref="ArgumentException">There are no such samples, or the probabilities have no room.</exception>
    public void Predict(MlpDataset dataset, int start, int count, Span<float> probabilities)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, dataset.Count - start);
        _model.CheckFits(dataset, labelsNeeded: false);
        int classes = _model.OutputSize;
        if (probabilities.Length < (long)count * classes)
            throw new ArgumentException($"{probabilities.Length} values can't take {count} × {classes} probabilities.", nameof(probabilities));
        for (int done = 0; done < count; done += Backpropagation.TileCapacity)
            _network.Probabilities(dataset, start + done, Math.Min(Backpropagation.TileCapacity, count - done), _weights, probabilities[(done * classes)..]);
    }

    /// <summary>Measures the model on a data set with labels.</summary>
    /// <exception cref="MlpException">The data set does not fit the model.</exception>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    public MlpEvaluation Measure(MlpDataset dataset, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        _model.CheckFits(dataset, labelsNeeded: true);
        int classes = _model.OutputSize;
        var confusion = new MathNet.Numerics.LinearAlgebra.Double.DenseMatrix(classes, classes);
        ReadOnlySpan<int> labels = dataset.Labels.Span;
        double loss = 0;
        for (int start = 0; start < dataset.Count; start += Backpropagation.TileCapacity)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(Backpropagation.TileCapacity, dataset.Count - start);
            loss += _network.Probabilities(dataset, start, count, _weights, _probabilities).Loss;
            for (int i = 0; i < count; i++)
                confusion[labels[start + i], Backpropagation.ArgMax(_probabilities.AsSpan(i * classes, classes))]++;
        }

        return new MlpEvaluation(dataset, _model.ClassNames, loss / dataset.Count, confusion);
    }

    private IEnumerable<MlpPrediction> Predictions(MlpDataset dataset)
    {
        int classes = _model.OutputSize;
        for (int start = 0; start < dataset.Count; start += Backpropagation.TileCapacity)
        {
            int count = Math.Min(Backpropagation.TileCapacity, dataset.Count - start);
            _network.Probabilities(dataset, start, count, _weights, _probabilities);

            // Copied before the first is handed out: whoever gets it may predict something else with this object.
            float[][] tile = [.. Enumerable.Range(0, count).Select(i => _probabilities.AsSpan(i * classes, classes).ToArray())];
            for (int i = 0; i < count; i++)
            {
                int? label = dataset.HasLabels ? dataset.Labels.Span[start + i] : null;
                yield return new MlpPrediction(start + i, tile[i], label, _model.ClassNames, dataset.ClassNames);
            }
        }
    }
}
