using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>How a training takes its steps: the gradient of a batch, alone or with other ranks, and the weights' way along it.</summary>
internal sealed class TrainingStep
{
    private readonly TrainingPlan _plan;
    private readonly TrainingOptions _options;
    private readonly TrainingRanks _ranks;
    private readonly EpochFigures _figures;
    private readonly EarlyStopping _stopping;
    private readonly ParameterLayout _layout;
    private readonly int _batchSize;
    private readonly BackwardPass _network;
    private readonly AlignedBuffer _gradient;
    private readonly WeightSteps _weights;
    private readonly GradientExchange? _exchange;
    private readonly GradientListener? _listener;
    private readonly WeightAverage? _average;
    private AlignedBuffer? _evaluated;
    private float _weightOfShare;

    /// <param name="plan">What the training is made of.</param>
    /// <param name="ranks">The processes that train together.</param>
    /// <param name="figures">Where the training stands.</param>
    /// <param name="stopping">What has been seen to be the best.</param>
    /// <param name="layout">How the parameters are laid out.</param>
    /// <param name="optimizer">What decides a step.</param>
    /// <param name="gradientOptions">What gradients are computed with.</param>
    public TrainingStep(
        TrainingPlan plan,
        TrainingRanks ranks,
        EpochFigures figures,
        EarlyStopping stopping,
        ParameterLayout layout,
        Optimizer optimizer,
        GradientOptions gradientOptions)
    {
        _plan = plan;
        _options = plan.Options;
        _ranks = ranks;
        _figures = figures;
        _stopping = stopping;
        _layout = layout;
        _batchSize = plan.BatchSize;
        bool scores = plan.Sets.Validation is not null || plan.Sets.Test is not null || _options.EvaluateTraining || _options.KeepsBest;
        _network = new BackwardPass(layout, scores ? int.MaxValue : _batchSize + plan.Batches.Least - 1, plan.MostThreads, gradientOptions);
        _network.Forward.Errors = plan.Sets.Training.Errors;
        _gradient = new AlignedBuffer(layout.Length);

        // Memory is read fastest in its own order, whatever the order in which parts are finished.
        ParameterPart[] parts = [.. _network.Parts.OrderBy(part => part.Offset)];
        _weights = new WeightSteps(layout, parts, optimizer, _options, _gradient, _network.OneHot);
        _average = _options.Averages ? new WeightAverage(_options, layout) : null;
        _exchange = _options.Ranks is { } all ? new GradientExchange(all, layout, parts, _gradient, _network.OneHot) : null;
        if (_exchange is not null)
            _listener = new GradientListener { PartDone = _exchange.PartDone, Scored = Scored };
        else if (!IsWhole)
            _listener = new GradientListener { PartDone = _weights.UpdatePart, RowsDone = _weights.UpdateRows };
    }

    /// <summary>The weights after the last complete step.</summary>
    public AlignedBuffer Weights => _weights.Weights;

    /// <summary>The weights that are measured and that the model gets: those after the last complete step, or their average.</summary>
    public AlignedBuffer Measured => _average is { Count: > 0 } ? _average.Weights : Weights;

    /// <summary>Steps or epochs that the average of the weights has in it.</summary>
    public long Averaged
    {
        get => _average?.Count ?? 0;
        set => _average?.Count = value;
    }

    /// <inheritdoc cref="WeightSteps.Decayed"/>
    public IEnumerable<(long Offset, int Length)> Decayed => _weights.Decayed;

    /// <summary>Brings what is under way among ranks to its end after a failure; null where there are none.</summary>
    public Action? Abandoned => _exchange is null ? null : _exchange.Abandon;

    /// <summary>Whether a step needs the whole gradient before it begins.</summary>
    private bool IsWhole => _exchange is not null || _options.Optimizer.ClipNorm is not null;

    /// <summary>Takes on a model's weights.</summary>
    public void Load(MlpModel model)
    {
        _weights.Load(model);
        _average?.Begin(Weights);
    }

    /// <summary>Takes on weights that no step has led to.</summary>
    public void Load(AlignedBuffer weights)
    {
        _weights.Load(weights);
        _average?.Begin(Weights);
    }

    /// <inheritdoc cref="WeightSteps.Settle"/>
    public void Settle() => _weights.Settle();

    /// <summary>
    /// Gives up a step that is not complete, and with it what the optimizer remembers, where that is of half a step, or of other weights
    /// than their average.
    /// </summary>
    public void Abandon()
    {
        if (!_weights.TryAbandon() || Averaged > 0)
            TrainingMemory.Of(_plan.Model).Optimizer = null;
    }

    /// <summary>Takes the step of a mini-batch, of which this process has a share.</summary>
    /// <returns>The score of the batch before it.</returns>
    public BatchScore Take(Samples? part, int[]? order, BatchShare share)
    {
        if (IsWhole)
        {
            BatchScore score = Gradient(part, order, share);
            if (!_ranks.IsStopped)
                FollowGradient();
            return score;
        }

        Begin(gradientScale: 1);
        AlignedBuffer weights = _weights.WeightsOf(part, order, share.Start, share.Count);
        BatchScore batch = Checked(_network.Gradient(new Batch(part!, order, share.Start, share.Count), weights, _gradient, _listener));
        End();
        return batch;
    }

    /// <summary>
    /// Scores a batch, of which this process has a share, and has its gradient computed; of several ranks, the sum may be under way still.
    /// </summary>
    public BatchScore Gradient(Samples? part, int[]? order, BatchShare share)
    {
        BatchScore score = Evaluate(part, order, share, _weights.WeightsOf(part, order, share.Start, share.Count));
        return _ranks.IsStopped ? score : Checked(score);
    }

    /// <summary>Scores a batch and writes its whole gradient, of all ranks and with that of one-hot inputs in its place.</summary>
    /// <param name="part">The samples of this process.</param>
    /// <param name="share">Its share of the batch.</param>
    /// <param name="target">The gradient, with zeros where there is none.</param>
    /// <returns>The score, which may be no number.</returns>
    public BatchScore WholeGradient(Samples? part, BatchShare share, AlignedBuffer target)
    {
        _network.Threads = Threads;
        BatchScore score = Evaluate(part, null, share, Weights);
        if (_ranks.IsStopped)
            return score;
        ShareStatistics(Weights);

        _network.OneHot?.Spread(_gradient);
        _gradient.CopyTo(target);
        _layout.ClearUntrained(target);
        _weights.KeepZerosOf(target);
        return score;
    }

    private int Threads => _options.ThreadCount ?? ProcessorShare.OfProcess.Threads;

    /// <summary>The same as <see cref="Gradient"/>, whether the loss is a number or not.</summary>
    private BatchScore Evaluate(Samples? part, int[]? order, BatchShare share, AlignedBuffer weights)
    {
        if (_exchange is null)
            return _network.Gradient(new Batch(part!, order, share.Start, share.Count), weights, _gradient);
        _evaluated = weights;
        _weightOfShare = (float)share.Count / share.BatchCount;
        if (share.Count > 0)
        {
            _network.Gradient(
                new Batch(part!, order, share.Start, share.Count) { MeanOver = share.BatchCount }, weights, _gradient, _listener);
            _exchange.OneHotDone();
        }
        else
        {
            _gradient.Clear();
            Scored(default);
            _exchange.AllDone();
        }

        BatchScore score = _exchange.End(out bool stopped);
        _ranks.Hear(stopped);
        return score;
    }

    /// <summary>Updates all weights once their whole gradient is there, its norm clipped.</summary>
    public void FollowGradient()
    {
        double scale = 1;
        if (_options.Optimizer.ClipNorm is { } limit)
        {
            _exchange?.WaitAll();
            scale = Math.Min(1, limit / _weights.MeasureGradient(_network.Threads));
        }

        Begin(scale);
        if (_exchange is null)
            _weights.UpdateAll(_network.Threads);
        for (int bucket = 0; bucket < _exchange?.BucketCount; bucket++)
        {
            _exchange.Wait(bucket);
            _weights.Update(_exchange.PartsOf(bucket), _network.Threads);
        }

        _weights.UpdateOneHot(_network.Threads);
        End();
    }

    /// <summary>Has the average of the weights take in those at the end of an epoch.</summary>
    /// <returns>Whether it did.</returns>
    public bool AverageEpoch() => _average?.TakeEpoch(Weights, _figures.Epoch, _network.Threads) == true;

    /// <summary>Begins the running statistics of the averaged weights anew.</summary>
    public void BeginStatistics() => _network.MeansStatistics = true;

    /// <summary>Takes the statistics of a batch, of which this process has a share, into those of the averaged weights.</summary>
    public void TakeStatistics(Samples? part, int[]? order, BatchShare share)
    {
        _ = Evaluate(part, order, share, Measured);
        if (!_ranks.IsStopped)
            ShareStatistics(Measured);
    }

    /// <summary>Has running statistics follow those of the batches again.</summary>
    public void EndStatistics() => _network.MeansStatistics = false;

    /// <summary>Gives weights the statistics that ranks have sent along with their gradients.</summary>
    private void ShareStatistics(AlignedBuffer weights)
    {
        _exchange?.WaitAll();
        if (_exchange is not null)
            _layout.CopyStatistics(_gradient, weights);
    }

    /// <summary>Scores a data set, of which each rank takes a part.</summary>
    public BatchScore Score(SharedDataset data)
    {
        BatchScore sum = default;
        _network.Forward.Errors = data.Errors;
        foreach ((Samples part, int start, int count) in data.ToScore())
            sum += _network.Forward.Score(part, start, count, Measured);
        _network.Forward.Errors = _plan.Sets.Training.Errors;
        return _ranks.Sum(sum);
    }

    /// <summary>A score of the training set, whose loss must be a number.</summary>
    /// <exception cref="MlpException">It is none: the last step, which led there, is taken back.</exception>
    public BatchScore Checked(BatchScore score)
    {
        if (double.IsFinite(score.Loss))
            return score;

        // The weights of the step before gave a finite loss.
        _weights.TakeBack();
        Averaged = 0;
        throw Diverged($"the loss became {score.Loss}");
    }

    /// <summary>
    /// Tells the other ranks what this one's samples scored. The running statistics of batch normalization go with the gradient, in which
    /// they have a place, to become the mean over the samples of all ranks.
    /// </summary>
    private void Scored(BatchScore score)
    {
        _layout.CopyStatistics(_evaluated!, _gradient, _weightOfShare);
        _exchange!.Scored(score);
    }

    private void Begin(double gradientScale)
    {
        _network.Threads = Threads;
        _weights.Begin(_figures.LearningRate, gradientScale);
    }

    private void End()
    {
        if (!_weights.TryEnd(statistics: _exchange is null ? null : _gradient))
            throw Diverged("the step would have made a weight NaN or infinite");
        _average?.TakeStep(Weights, _network.Threads);
        _figures.EndStep(_weights.GradientNorm());
    }

    private MlpException Diverged(string what)
    {
        TrainingMemory.Of(_plan.Model).Optimizer = null;
        long step = (_figures.Samples / _batchSize) + 1;
        int best = _figures.EpochOfModel - 1 - _stopping.Seen.EpochsWithoutImprovement;
        string kept = !_options.KeepsBest || !_stopping.HasBest ? "The model keeps its last finite weights"
            : best == _figures.EpochsBefore ? "The model has the weights again that it began with"
            : $"The model has the weights of epoch {best}, its best";
        return new MlpException(
            "TrainingDiverged",
            MlpErrorKind.Diverged,
            $"The training diverged in epoch {_figures.EpochOfModel}, step {step}: {what}. {kept}. A "
            + $"learning rate below {_figures.LearningRate} is the usual cure.");
    }
}
