using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Looks at a sample.</summary>
/// <param name="part">The part of the data set that it is in, encoded.</param>
/// <param name="sample">Which sample of it.</param>
/// <param name="outputs">The model's outputs for it, finite numbers.</param>
/// <param name="score">What it scored.</param>
internal delegate void SampleVisitor(Samples part, int sample, ReadOnlySpan<float> outputs, SampleScore score);

/// <summary>Lets a model predict, with the weights that it has when this is created. For one thread at a time.</summary>
public sealed class MlpPredictor
{
    private readonly MlpModel _model;
    private readonly ForwardPass _network;
    private readonly AlignedBuffer _weights;
    private readonly float[] _outputs;
    private readonly CancellationToken _cancellation;
    private readonly ConformalLimits? _limits;
    private MlpDataset? _dataset;
    private Samples? _samples;

    /// <summary>Prepares a model for predictions.</summary>
    /// <param name="model">The model; what it learns later does not count here.</param>
    /// <param name="cancellation">Stops whatever it does, between two slices of at most 128 samples.</param>
    public MlpPredictor(MlpModel model, CancellationToken cancellation = default)
        : this(model, new EncodingNotes(), cancellation)
    {
    }

    /// <inheritdoc cref="MlpPredictor(MlpModel, CancellationToken)"/>
    internal MlpPredictor(MlpModel model, EncodingNotes notes, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        Notes = notes;
        _model = model;
        _cancellation = cancellation;
        var layout = new ParameterLayout(model, Kernel.Best);
        _weights = new AlignedBuffer(layout.Length);
        layout.Pack(model, _weights);
        _network = new ForwardPass(layout, Tile.Capacity, Environment.ProcessorCount) { Cancellation = cancellation };
        _outputs = new float[Tile.Capacity * model.OutputSize];
    }

    /// <summary>What the model met in the data so far that it was not fitted to.</summary>
    public EncodingNotes Notes { get; }

    /// <summary>
    /// The probability, above 0 and below 1, with which sets of classes and labels, or intervals of numbers, are to hold what is true; null
    /// for neither.
    /// </summary>
    /// <exception cref="MlpException">It is none such, or the model has too few conformal scores for it, or none.</exception>
    public double? Confidence
    {
        get => _limits?.Confidence;
        init => _limits = value is { } confidence ? new ConformalLimits(_model, confidence, Notes, _cancellation) : null;
    }

    /// <summary>
    /// The names of the values of a row, in their order: of the columns of the model's input, and with a confidence then of those that the
    /// models take beside which its intervals are made from. Empty where it takes numbers by their places.
    /// </summary>
    public IReadOnlyList<string> Columns => Bands?.Columns ?? _model.Input.Names ?? [];

    /// <summary>What intervals are made around, by models that take the same samples; null where there are none.</summary>
    internal ConformalBands? Bands { get => field ?? _limits?.Bands; init; }

    /// <inheritdoc cref="OutputScorer.KeepsSums"/>
    internal bool KeepsSums { init => _network.KeepsSums = value; }

    /// <summary>Predicts for every sample of a data set, with or without labels, as they are asked for.</summary>
    /// <exception cref="MlpException">The data set does not meet the model.</exception>
    public IEnumerable<MlpPrediction> Predict(MlpDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        _model.Ends.CheckMeets(dataset, EncodingPurpose.Predicting);
        MlpDataset complete = _model.Ends.WithoutGaps(dataset, EncodingPurpose.Predicting, Notes, out int[]? rows, Bands?.Inputs);
        return complete.IsStreamed ? StreamedPredictions(complete) : Predictions(complete, Encode(complete), 0, rows);
    }

    /// <summary>Predicts for one sample of a data set in memory.</summary>
    /// <exception cref="MlpException">The data set does not meet the model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public MlpPrediction Predict(MlpDataset dataset, int index)
    {
        var outputs = new float[_model.OutputSize];
        Predict(dataset, index, 1, outputs);
        _limits?.Bands.Begin(dataset);
        _limits?.Bands.Turn(index);
        return Prediction(index, outputs, SampleTruth.Of(_model.Output, dataset)(index));
    }

    /// <summary>Predicts for a row of values.</summary>
    /// <param name="values">A value of any simple type for each of the <see cref="Columns"/>, in their order.</param>
    /// <param name="valueOf">The value of a column of the row, or null; for what is to be predicted, where it is known.</param>
    /// <exception cref="MlpException">A value is missing, of another kind than its column, or an unknown category.</exception>
    public MlpPrediction Predict(IReadOnlyList<object?> values, Func<string, object?> valueOf)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(valueOf);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Count, Columns.Count);
        var outputs = new float[_model.OutputSize];
        Predict([.. values.Take(_model.Input.Columns.Count)], outputs);
        _limits?.Bands.Turn(values);
        return Prediction(0, outputs, SampleTruth.Of(_model.Output, valueOf));
    }

    /// <summary>Writes the outputs for a row of values.</summary>
    internal void Predict(IReadOnlyList<object?> values, Span<float> outputs) =>
        _network.Predict(_model.Ends.EncodeRow(values, Notes), 0, 1, _weights, outputs);

    /// <summary>Writes the outputs for some samples of a data set, probabilities or in regression numbers, without allocating.</summary>
    /// <param name="dataset">Where the samples are.</param>
    /// <param name="start">The first sample, from 0.</param>
    /// <param name="count">How many samples.</param>
    /// <param name="outputs">Takes count × outputs of them, a sample after another.</param>
    /// <exception cref="MlpException">The data set does not meet the model.</exception>
    /// <exception cref="ArgumentException">There are no such samples, or the outputs have no room.</exception>
    public void Predict(MlpDataset dataset, int start, int count, Span<float> outputs)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, dataset.Count - start);
        int width = _model.OutputSize;
        if (outputs.Length < (long)count * width)
            throw new ArgumentException($"{outputs.Length} values can't take {count} × {width} outputs.", nameof(outputs));
        Samples samples = Encode(dataset);
        for (int done = 0; done < count; done += Tile.Capacity)
        {
            int tile = Math.Min(Tile.Capacity, count - done);
            _network.Predict(samples, start + done, tile, _weights, outputs[(done * width)..]);
        }
    }

    /// <summary>Measures the model on a data set with labels, in one pass.</summary>
    /// <exception cref="MlpException">The data set does not meet the model.</exception>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    public MlpEvaluation Measure(MlpDataset dataset) => Tallied(dataset).Evaluation();

    /// <summary>Tells what follows from each threshold of the probability of a class, in one pass.</summary>
    /// <param name="dataset">Samples with labels, best such that the model has not learned from.</param>
    /// <param name="positiveClass">The class, or label; null for that which is looked for, of two classes or one label.</param>
    /// <param name="costs">What outcomes cost, to recommend what costs least; null to recommend the highest F1.</param>
    /// <param name="most">The most rows, at least 3; null for one for each different probability.</param>
    /// <returns>The thresholds, rising; at most eight million, beyond which close ones are rounded together.</returns>
    /// <exception cref="MlpException">
    /// The data set does not meet the model, all samples are of one class, or the model predicts numbers or does not have the class.
    /// </exception>
    public IReadOnlyList<MlpThreshold> Thresholds(
        MlpDataset dataset, string? positiveClass = null, MlpCosts? costs = null, int? most = null)
    {
        OutputHead head = _model.Output;
        if (head.Kind == OutputKind.Numbers)
        {
            throw new MlpException(
                "NotAClassifier", MlpErrorKind.Mismatch, $"{_model} predicts numbers, and thresholds are for probabilities of classes.");
        }

        if (positiveClass is null && !DecisionRule.IsFor(head))
        {
            throw new MlpException(
                "PositiveClassMissing",
                MlpErrorKind.InvalidArgument,
                $"The model predicts {Listing.Of(head.Names)}: say which of them is to be told from the others.");
        }

        int place = positiveClass is null ? DecisionRule.PlaceIn(head) : DecisionRule.PlaceOf(head, positiveClass);
        return ThresholdTable.Of(head.Names[place], Tallied(dataset).ScoresOf(place)!, costs, most);
    }

    /// <summary>Measures the model on each group of samples that have a value in common, all in one pass.</summary>
    /// <param name="dataset">Samples with labels.</param>
    /// <param name="column">The column of the values: a feature, a label, or one that goes along.</param>
    /// <returns>By value: numbers and dates rising, then texts. Samples that miss the value are a group of their own.</returns>
    /// <exception cref="MlpException">The data set does not meet the model, has no such column, or too many values in it.</exception>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    public IReadOnlyList<MlpEvaluation> Measure(MlpDataset dataset, string column)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var groups = new GroupTallies(_model, dataset, column, _limits);
        Visit(dataset, part =>
        {
            Func<int, EvaluationTally> tallyOf = groups.Begin(part);
            return (samples, sample, outputs, score) => tallyOf(sample).Add(samples, sample, outputs, score);
        });
        return groups.Evaluations();
    }

    private EvaluationTally Tallied(MlpDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var tally = EvaluationTally.For(_model, dataset.Name, limits: _limits);
        Visit(dataset, part =>
        {
            tally.Begin(part);
            return tally.Add;
        });
        return tally;
    }

    /// <summary>Looks at the outputs for each sample of a data set with labels, but for those whose label is missing.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="begin">For a part of them, what looks at each.</param>
    /// <exception cref="MlpException">The data set does not meet the model.</exception>
    internal void Visit(MlpDataset dataset, Func<MlpDataset, SampleVisitor> begin)
    {
        _model.Ends.CheckMeets(dataset, EncodingPurpose.Measuring);
        int width = _model.OutputSize;
        MlpDataset complete = _model.Ends.WithoutGaps(dataset, EncodingPurpose.Measuring, Notes, out _, Bands?.Inputs);
        foreach (MlpDataset part in complete.Parts())
        {
            Samples samples = _model.Ends.Encode(part, EncodingPurpose.Measuring, Notes, _cancellation);
            SampleVisitor visit = begin(part);
            for (int start = 0; start < part.Count; start += Tile.Capacity)
            {
                int count = Math.Min(Tile.Capacity, part.Count - start);
                _network.Predict(samples, start, count, _weights, _outputs);
                for (int i = 0; i < count; i++)
                {
                    MlpPrediction.CheckFinite(_outputs.AsSpan(i * width, width), start + i);
                    visit(samples, start + i, _outputs.AsSpan(i * width, width), _network.ScoreOf(i));
                }
            }
        }
    }

    private IEnumerable<MlpPrediction> StreamedPredictions(MlpDataset dataset)
    {
        int first = 0;
        foreach (MlpDataset part in dataset.Parts())
        {
            foreach (MlpPrediction prediction in Predictions(part, Encode(part), first, null))
                yield return prediction;
            first += part.Count;
        }
    }

    private IEnumerable<MlpPrediction> Predictions(MlpDataset dataset, Samples samples, int first, int[]? rows)
    {
        int width = _model.OutputSize;
        Func<int, SampleTruth> truth = SampleTruth.Of(_model.Output, dataset);
        _limits?.Bands.Begin(dataset);
        for (int start = 0; start < dataset.Count; start += Tile.Capacity)
        {
            int count = Math.Min(Tile.Capacity, dataset.Count - start);
            _network.Predict(samples, start, count, _weights, _outputs);

            // Copied before the first is handed out: whoever gets it may predict something else with this object.
            float[][] tile = [.. Enumerable.Range(0, count).Select(i => _outputs.AsSpan(i * width, width).ToArray())];
            for (int i = 0; i < count; i++)
            {
                _limits?.Bands.Turn(start + i);
                yield return Prediction(first + (rows?[start + i] ?? start + i), tile[i], truth(start + i));
            }
        }
    }

    private MlpPrediction Prediction(int index, float[] outputs, SampleTruth truth)
    {
        var prediction = MlpPrediction.Of(_model, index, outputs, truth);
        return _limits is null ? prediction : prediction.Within(_limits, _model.Output, outputs);
    }

    /// <summary>A data set as the network takes it; kept, as samples are asked for one by one too.</summary>
    private Samples Encode(MlpDataset dataset)
    {
        if (!ReferenceEquals(dataset, _dataset))
            (_dataset, _samples) = (dataset, _model.Ends.Encode(dataset, EncodingPurpose.Predicting, Notes, _cancellation));
        return _samples!;
    }
}
