using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>The way of a training through the steps of an epoch: one along the gradient of the whole set, or one for each batch.</summary>
internal sealed class TrainingEpoch
{
    private readonly TrainingPlan _plan;
    private readonly TrainingOptions _options;
    private readonly SharedDataset _data;
    private readonly TrainingRanks _ranks;
    private readonly EpochFigures _figures;
    private readonly TrainingStep _step;
    private readonly LineSearchStep? _search;
    private readonly LearningRateSchedule _schedule;
    private readonly Dropout? _dropout;
    private readonly ImageDistortion? _distortion;
    private readonly BatchSizes _batches;
    private readonly int _stepsPerEpoch;
    private readonly int[]? _order;
    private int[]? _partOrder;
    private bool _gradientIsCurrent;
    private BatchScore _scoreBefore;

    /// <param name="plan">What the training is made of.</param>
    /// <param name="ranks">The processes that train together.</param>
    /// <param name="figures">Where the training stands.</param>
    /// <param name="step">What takes its steps.</param>
    /// <param name="search">What takes them where their length is searched for; null elsewhere.</param>
    /// <param name="schedule">What sets their learning rates.</param>
    /// <param name="gradientOptions">What gradients are computed with.</param>
    public TrainingEpoch(
        TrainingPlan plan,
        TrainingRanks ranks,
        EpochFigures figures,
        TrainingStep step,
        LineSearchStep? search,
        LearningRateSchedule schedule,
        GradientOptions gradientOptions)
    {
        _plan = plan;
        _options = plan.Options;
        _data = plan.Sets.Training;
        _ranks = ranks;
        _figures = figures;
        _step = step;
        _search = search;
        _schedule = schedule;
        _dropout = gradientOptions.Dropout;
        _distortion = gradientOptions.Distortion;
        _batches = plan.Batches;
        _stepsPerEpoch = plan.StepsPerEpoch;
        _order = _options.BatchSize is not null && !_options.NoShuffle ? new int[_data.Data.Stream?.ChunkRows ?? _data.Data.Count] : null;
    }

    /// <summary>Takes the steps of the next epoch.</summary>
    /// <returns>The score of the training set.</returns>
    public BatchScore Run()
    {
        _figures.BeginEpoch();
        if (_dropout is not null)
            _dropout.Key = SeededRandom.Key(_options.Seed, SeededRandom.Purpose.Dropout, _figures.EpochOfModel);
        if (_distortion is not null)
            _distortion.Key = SeededRandom.Key(_options.Seed, SeededRandom.Purpose.Augmentation, _figures.EpochOfModel);
        return _search is not null ? RunSearch(_search) : _options.BatchSize is null ? RunFullBatch() : RunMiniBatches();
    }

    /// <summary>One step whose length is searched for, each look at which takes a walk over the whole set.</summary>
    private BatchScore RunSearch(LineSearchStep search)
    {
        SharedPart all = _data.Whole;
        BatchShare share = all.Batch(0, _batches);
        _figures.LearningRate = _options.LearningRate;
        search.Take(all.Data, share);
        if (_ranks.IsStopped)
            return search.Score;
        Tell(search.Score, share.BatchCount);
        return _ranks.IsStopped || GradientScoresFigures ? search.Score : _step.Checked(_step.Score(_data));
    }

    /// <summary>Whether the walk that computes a gradient scores what the figures tell: the network by itself, on its labels.</summary>
    private bool GradientScoresFigures =>
        !_options.MinimizesOther && !_options.Averages && !_plan.Model.HasBatchNormalization;

    /// <summary>
    /// One step along the gradient of the whole set. The walk that scores the new weights is the one that the next epoch's gradient
    /// needs, so only the first and the last epoch walk for one of these alone. Where the gradient's walk scores something else than the
    /// network on its labels, the figures take a walk of their own.
    /// </summary>
    private BatchScore RunFullBatch()
    {
        SharedPart all = _data.Whole;
        BatchShare share = all.Batch(0, _batches);
        SetLearningRate();
        if (_gradientIsCurrent)
            _ranks.AskWhetherToGoOn();
        else
            _scoreBefore = _step.Gradient(all.Data, null, share);
        if (_ranks.IsStopped)
            return _scoreBefore;
        _step.FollowGradient();
        Tell(_scoreBefore, share.BatchCount);
        if (_ranks.IsStopped)
            return _scoreBefore;
        Average();
        if (_ranks.IsStopped)
            return _scoreBefore;
        _gradientIsCurrent = _figures.Epoch < _options.Epochs && GradientScoresFigures;
        return _scoreBefore = _gradientIsCurrent ? _step.Gradient(all.Data, null, share) : _step.Checked(_step.Score(_data));
    }

    private BatchScore RunMiniBatches()
    {
        BatchScore sum = default;
        int chunk = 0;
        int? seed = _options.NoShuffle ? null : _options.Seed;
        foreach (SharedPart part in _data.Parts(seed, _figures.EpochOfModel))
        {
            BeginPart(part, chunk++);
            for (int i = 0; i < _batches.Batches(part.Count); i++)
            {
                BatchShare share = part.Batch(i, _batches);
                SetLearningRate();
                BatchScore batch = _step.Take(part.Data, _partOrder, share);
                if (_ranks.IsStopped)
                    return default;
                sum += batch;
                _figures.Samples += share.BatchCount;
                _figures.Lost(sum);
                Tell(batch, share.BatchCount);
                if (_ranks.IsStopped)
                    return default;
            }
        }

        _ranks.Hear(_data.IsStopped);
        if (!_ranks.IsStopped)
            Average();
        return _options.EvaluateTraining && !_ranks.IsStopped ? _step.Checked(_step.Score(_data)) : sum;
    }

    /// <summary>
    /// Has the average of the weights take in those at the end of the epoch. Of averaged weights, the layers' sums have other means and
    /// variances than the averages of these, so that normalized ones get those of another walk over the training set (Izmailov et al.,
    /// 2018, section 3.2; as PyTorch's update_bn).
    /// </summary>
    private void Average()
    {
        if (!_step.AverageEpoch() || !_plan.Model.HasBatchNormalization)
            return;
        _step.BeginStatistics();
        int chunk = 0;
        int? seed = _options.NoShuffle ? null : _options.Seed;
        foreach (SharedPart part in _options.BatchSize is null ? [_data.Whole] : _data.Parts(seed, _figures.EpochOfModel))
        {
            BeginPart(part, chunk++);
            for (int i = 0; i < _batches.Batches(part.Count); i++)
            {
                _step.TakeStatistics(part.Data, _partOrder, part.Batch(i, _batches));
                if (_ranks.IsStopped)
                    return;
            }
        }

        _step.EndStatistics();
        _ranks.Hear(_data.IsStopped);
    }

    /// <summary>
    /// Turns to the samples of a part: their order, and for all parts but the first of a stream, and for each rank's own samples, masks and
    /// distortions of their own.
    /// </summary>
    private void BeginPart(SharedPart part, int chunk)
    {
        int apart = chunk > 0 ? 1 : _data.IsOwn ? _ranks.Rank : 0;
        if (apart > 0)
        {
            if (_dropout is not null)
                _dropout.Key = SeededRandom.Mix(_dropout.Key + (ulong)apart - 1);
            if (_distortion is not null)
                _distortion.Key = SeededRandom.Mix(_distortion.Key + (ulong)apart - 1);
        }

        if (_order is null || part.Data is not { Count: var count })
            return;
        _partOrder = _order.Length == count ? _order : new int[count];
        for (int i = 0; i < _partOrder.Length; i++)
            _partOrder[i] = i;
        SeededRandom.For(_options.Seed, SeededRandom.Purpose.Shuffle, (_figures.EpochOfModel << (chunk > 0 ? 16 : 0)) + chunk)
            .Shuffle(_partOrder);
    }

    private void SetLearningRate() => _figures.LearningRate = _schedule.Rate(_figures.Epoch, _figures.Steps);

    /// <summary>Tells of a completed step whoever wants to know.</summary>
    /// <param name="score">The score of the step's samples before it.</param>
    /// <param name="count">How many samples.</param>
    private void Tell(BatchScore score, int count)
    {
        if (!_ranks.IsFirst || _plan.OnStep is not { } onStep)
            return;
        var step = new MlpStep(
            _figures.EpochOfModel, _figures.Steps, _stepsPerEpoch, score.Loss / count, _figures.LearningRate, _figures.GradientNorm, count);
        if (!onStep(step))
            _ranks.Stop();
    }
}
