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
    private readonly float[] _outputs;
    private MlpDataset? _dataset;
    private Samples? _samples;

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
        _outputs = new float[Backpropagation.TileCapacity * model.OutputSize];
    }

    /// <summary>Predicts the class of every sample of a data set, with or without labels, as they are asked for.</summary>
    /// <exception cref="MlpException">The data set does not fit the model.</exception>
    public IEnumerable<MlpPrediction> Predict(MlpDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        _model.CheckFits(dataset, labelsNeeded: false);
        return dataset.IsStreamed ? StreamedPredictions(dataset) : Predictions(dataset, 0);
    }

    /// <summary>Predicts the class of one sample of a data set in memory.</summary>
    /// <exception cref="MlpException">The data set does not fit the model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public MlpPrediction Predict(MlpDataset dataset, int index)
    {
        var outputs = new float[_model.OutputSize];
        Predict(dataset, index, 1, outputs);
        return MlpPrediction.Of(_model, index, outputs, dataset, Encode(dataset), index);
    }

    /// <summary>Writes the outputs for some samples of a data set, probabilities or in regression numbers, without allocating.</summary>
    /// <param name="dataset">Where the samples are.</param>
    /// <param name="start">The first sample, from 0.</param>
    /// <param name="count">How many samples.</param>
    /// <param name="outputs">Takes count × outputs of them, a sample after another.</param>
    /// <exception cref="MlpException">The data set does not fit the model.</exception>
    /// <exception cref="ArgumentException">There are no such samples, or the outputs have no room.</exception>
    public void Predict(MlpDataset dataset, int start, int count, Span<float> outputs)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, dataset.Count - start);
        _model.CheckFits(dataset, labelsNeeded: false);
        int width = _model.OutputSize;
        if (outputs.Length < (long)count * width)
            throw new ArgumentException($"{outputs.Length} values can't take {count} × {width} outputs.", nameof(outputs));
        Samples samples = Encode(dataset);
        for (int done = 0; done < count; done += Backpropagation.TileCapacity)
        {
            int tile = Math.Min(Backpropagation.TileCapacity, count - done);
            _network.Predict(samples, start + done, tile, _weights, outputs[(done * width)..]);
        }
    }

    /// <summary>Measures the model on a data set with labels.</summary>
    /// <exception cref="MlpException">The data set does not fit the model.</exception>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    public MlpEvaluation Measure(MlpDataset dataset, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        _model.CheckFits(dataset, labelsNeeded: true);
        EvaluationTally tally = EvaluationTally.For(_model, dataset, dataset.Parts().Select(Encode));
        int width = _model.OutputSize;
        double loss = 0;
        foreach (Samples part in dataset.Parts().Select(Encode))
        {
            for (int start = 0; start < part.Count; start += Backpropagation.TileCapacity)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(Backpropagation.TileCapacity, part.Count - start);
                loss += _network.Predict(part, start, count, _weights, _outputs).Loss;
                for (int i = 0; i < count; i++)
                    tally.Add(part, start + i, _outputs.AsSpan(i * width, width));
            }
        }

        return tally.Evaluation(loss / dataset.Count);
    }

    private IEnumerable<MlpPrediction> StreamedPredictions(MlpDataset dataset)
    {
        int first = 0;
        foreach (MlpDataset part in dataset.Parts())
        {
            foreach (MlpPrediction prediction in Predictions(part, first))
                yield return prediction;
            first += part.Count;
        }
    }

    private IEnumerable<MlpPrediction> Predictions(MlpDataset dataset, int first)
    {
        int width = _model.OutputSize;
        Samples samples = Encode(dataset);
        for (int start = 0; start < dataset.Count; start += Backpropagation.TileCapacity)
        {
            int count = Math.Min(Backpropagation.TileCapacity, dataset.Count - start);
            _network.Predict(samples, start, count, _weights, _outputs);

            // Copied before the first is handed out: whoever gets it may predict something else with this object.
            float[][] tile = [.. Enumerable.Range(0, count).Select(i => _outputs.AsSpan(i * width, width).ToArray())];
            for (int i = 0; i < count; i++)
                yield return MlpPrediction.Of(_model, first + start + i, tile[i], dataset, samples, start + i);
        }
    }

    /// <summary>A data set as the network takes it; kept, as samples are asked for one by one too.</summary>
    private Samples Encode(MlpDataset dataset)
    {
        if (!ReferenceEquals(dataset, _dataset))
            (_dataset, _samples) = (dataset, Samples.Of(dataset, _model));
        return _samples!;
    }
}
