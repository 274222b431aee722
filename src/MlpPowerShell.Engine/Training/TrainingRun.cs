using System.Diagnostics;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>One training at work: its buffers, and its epochs one by one.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly MlpModel _model;
    private readonly SharedDataset _data;
    private readonly SharedDataset? _validation;
    private readonly SharedDataset? _test;
    private readonly TrainingOptions _options;
    private readonly Action<TrainingProgress>? _progress;
    private readonly Func<MlpStep, bool>? _onStep;
    private readonly ParameterLayout _layout;
    private readonly Optimizer _optimizer;
    private readonly WeightSteps _steps;
    private readonly LearningRateSchedule _schedule;
    private readonly ImageDistortion? _distortion;
    private readonly Backpropagation _backpropagation;
    private readonly AlignedBuffer _gradient;
    private readonly AlignedBuffer? _best;
    private readonly EarlyStopping _stopping;
    private readonly int _batchSize;
    private readonly int _stepsPerEpoch;
    private readonly int[]? _order;
    private readonly TrainingRanks _ranks;
    private readonly GradientExchange? _exchange;
    private readonly IDisposable _processors;
    private MlpRun _run;
    private int _epochsBefore;
    private int[]? _partOrder;
    private bool _gradientIsCurrent;
    private BatchScore _scoreBefore;
    private int _epoch;
    private long _samplesDone;
    private double _learningRate;
    private double _normSum;
    private int _stepsOfEpoch;
    private double _meanLoss = double.NaN;

    public TrainingRun(
        MlpModel model, TrainingSets sets, TrainingOptions options, Action<TrainingProgress>? progress, Func<MlpStep, bool>? onStep, CancellationToken cancellation)
    {
        _model = model;
        _data = sets.Training;
        _validation = sets.Validation;
        _test = sets.Test;
        _options = options;
        _ranks = new TrainingRanks(options.Ranks, cancellation);
        _progress = _ranks.IsFirst ? progress : null;
        _onStep = _ranks.IsFirst ? onStep : null;
        _run = MlpRun.Of(model, sets, options);
        _layout = new ParameterLayout(model, Kernel.Best);
        _batchSize = (int)Math.Min(options.BatchSize ?? _data.Count, Math.Min(_data.LargestPart, _data.Count));
        _stepsPerEpoch = _data.Steps(_batchSize);
        _schedule = new LearningRateSchedule(options.Schedule, options.LearningRate, options.Epochs, _stepsPerEpoch);
        _order = options.BatchSize is not null && options.Shuffle ? new int[_data.Data.Stream?.ChunkRows ?? _data.Data.Count] : null;
        _gradient = new AlignedBuffer(_layout.Length);
        _best = options.KeepsBest ? new AlignedBuffer(_layout.Length) : null;
        _stopping = new EarlyStopping(options.EffectiveMonitor, options.Patience, options.MinImprovement);
        bool scores = _validation is not null || _test is not null || options.EvaluateTraining;
        int threads = options.ThreadCount ?? Environment.ProcessorCount;
        _distortion = options.Augmentation.IsActive ? new ImageDistortion(options.Augmentation, _data.Data.ImageShape!.Value, _layout.Kernel, threads) : null;
        _backpropagation = new Backpropagation(_layout, scores ? int.MaxValue : _batchSize, threads, training: true, _distortion)
        {
            Dropout = options.Drops ? new Dropout([options.InputDropout, .. model.Layers.SkipLast(1).Select((_, i) => DropoutOf(options, i))]) : null,
            LabelSmoothing = (float)options.LabelSmoothing,
            ClassWeights = options.ClassWeights?.For(model.ClassNames, () => [.. model.ClassNames.Select(name => model.Output.ClassCountsOf(_data.Data).GetValueOrDefault(name))]),
            Progress = Report,
            Cancellation = cancellation,
        };
        bool resumes = _ranks.IsFirst && options.Resume && File.Exists(options.CheckpointPath);
        bool remembers = !resumes && model.Optimizer is { } memory && memory.Kind == options.Optimizer.Kind && memory.Length == _layout.Length;
        _optimizer = remembers ? model.Optimizer! : new Optimizer(options.Optimizer.Kind, _layout.Length);
        _epochsBefore = model.EpochsTrained;
        if (resumes)
            TakeOn(ReadCheckpoint(options.CheckpointPath!));

        model.Optimizer = _optimizer;

        // Memory is read fastest in its own order, whatever the order in which parts are finished.
        ParameterPart[] parts = [.. _backpropagation.Parts.OrderBy(part => part.Offset)];
        _steps = new WeightSteps(_layout, parts, _optimizer, options, _gradient, _backpropagation.OneHot);
        _steps.Load(model);
        _exchange = options.Ranks is { } ranks ? new GradientExchange(ranks, _layout, parts, _gradient, _backpropagation.OneHot) : null;
        _processors = ProcessorShare.OfProcess.Take();
    }

    /// <summary>Whether there has been no improvement for as long as the patience allows.</summary>
    public bool IsTimeToStop => _stopping.IsTimeToStop;

    /// <summary>Epochs of this training that are complete.</summary>
    public int EpochsDone => _epoch;

    /// <summary>Has all ranks, where there are others, begin where rank 0 does, with its weights, its memory, and the options that are its own.</summary>
    /// <exception cref="MlpException">A rank trains something else.</exception>
    public void BeginTogether()
    {
        TrainingState first = _ranks.Agree(State());
        foreach (AlignedBuffer buffer in Remembered().Select(memory => memory.Buffer).Prepend(_steps.Weights))
            _ranks.Broadcast(buffer);
        if (_ranks.IsFirst)
            return;
        TakeOn(first);
        _model.Recall(first.FullHistory);
        _layout.Unpack(_steps.Weights, _model);
        _steps.Load(_model);
    }

    /// <summary>Ends a training whose epochs are all done, with all ranks where there are others.</summary>
    /// <exception cref="MlpException">Another rank failed after the last of them.</exception>
    public void EndTogether() => _ranks.End();

    /// <summary>Trains one epoch, records it in the model's history and returns it; null where the training was stopped in its midst.</summary>
    public MlpEpoch? TrainEpoch() => _ranks.Attempt(TrainWholeEpoch, _exchange is null ? null : _exchange.Abandon);

    /// <summary>Gives the model the weights of its best epoch, where they have been kept.</summary>
    public void RestoreBest()
    {
        if (_best is null)
            return;
        _best.CopyTo(_steps.Weights);

        // What the optimizer remembers belongs to other weights.
        _model.Optimizer = null;
    }

    /// <summary>Gives the model the weights of the last completed step; where the training is given up between two epochs, the other ranks are told.</summary>
    public void Dispose()
    {
        _processors.Dispose();
        _steps.Abandon();
        _layout.Unpack(_steps.Weights, _model);
        _ranks.GiveUp();
    }

    private MlpEpoch? TrainWholeEpoch()
    {
        long started = Stopwatch.GetTimestamp();
        _epoch++;
        _samplesDone = 0;
        _normSum = 0;
        _stepsOfEpoch = 0;
        TimeSpan waitedBefore = _ranks.Waited;
        if (_backpropagation.Dropout is { } dropout)
            dropout.Key = SeededRandom.Key(_options.Seed, SeededRandom.Purpose.Dropout, _epochsBefore + _epoch);
        if (_distortion is not null)
            _distortion.Key = SeededRandom.Key(_options.Seed, SeededRandom.Purpose.Augmentation, _epochsBefore + _epoch);
        BatchScore training = _options.BatchSize is null ? FullBatchEpoch() : MiniBatchEpoch();
        if (_ranks.IsStopped)
            return null;
        BatchScore? validation = _validation is null ? null : Score(_validation);
        BatchScore? test = _test is null || _ranks.IsStopped ? null : Score(_test);
        _layout.Unpack(_steps.Weights, _model);
        if (!_ranks.IsStopped)
            _ranks.CheckSame(_model, _epochsBefore + _epoch);
        if (_ranks.IsStopped)
            return null;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        _meanLoss = training.Loss / _data.Count;
        var result = new MlpEpoch(
            _epochsBefore + _epoch,
            _meanLoss,
            Accuracy(training, _data),
            MeanLoss(validation, _validation),
            Accuracy(validation, _validation),
            MeanLoss(test, _test),
            Accuracy(test, _test),
            _learningRate,
            _normSum / _stepsOfEpoch,
            IsBest: false,
            elapsed,
            _data.Count / elapsed.TotalSeconds,
            _run)
        {
            CommunicationTime = _ranks.Waited - waitedBefore,
        };
        result = result with { IsBest = _stopping.Observe(result) };
        if (result.IsBest && _best is not null)
            _steps.Weights.CopyTo(_best);
        _schedule.Observe(result.ValidationLoss ?? result.TrainingLoss);
        _model.Record(result);
        if (_ranks.IsFirst && _options.CheckpointPath is { } path && (_epoch % _options.CheckpointEvery == 0 || _epoch == _options.Epochs || IsTimeToStop))
            CheckpointFile.Write(path, _model, State(), _layout, Remembered());

        return result;
    }

    /// <summary>
    /// One step along the gradient of the whole set. The walk that scores the new weights is the one that the next epoch's gradient
    /// needs, so only the first and the last epoch walk for one of these alone. Where the gradient's walk scores something else than the
    /// network on its labels, the figures take a walk of their own.
    /// </summary>
    private BatchScore FullBatchEpoch()
    {
        SharedPart all = _data.Whole;
        BatchShare share = all.Batch(0, _batchSize);
        if (_gradientIsCurrent)
            _ranks.AskWhetherToGoOn();
        else
            _scoreBefore = Gradient(all.Data, share);
        if (_ranks.IsStopped)
            return _scoreBefore;
        StepAlongGradient();
        Tell(_scoreBefore, share.BatchCount);
        if (_ranks.IsStopped)
            return _scoreBefore;
        _gradientIsCurrent = _epoch < _options.Epochs && !_options.MinimizesOther && _data.Data.Weights is null && !_layout.IsNormalized;
        return _scoreBefore = _gradientIsCurrent ? Gradient(all.Data, share) : Checked(Score(_data));
    }

    /// <summary>Where the training stands, as a checkpoint and other ranks have it.</summary>
    private TrainingState State() => new(_run, _epochsBefore, _epoch, _optimizer.Steps, _schedule.Seen, _stopping.Seen, _model.History, TrainingState.RunsOf(_model.History));

    /// <summary>Goes on where another process stood.</summary>
    private void TakeOn(TrainingState state)
    {
        _run = state.Run with { Ranks = _ranks.Count };
        _epochsBefore = state.EpochsBefore;
        _epoch = state.EpochsDone;
        _optimizer.Steps = state.OptimizerSteps;
        _schedule.Seen = state.Schedule;
        _stopping.Seen = state.Stopping;
    }

    /// <summary>What a training remembers beside its weights, each with the prefix of its tensors in a checkpoint.</summary>
    private IEnumerable<(string Prefix, AlignedBuffer Buffer)> Remembered()
    {
        if (_optimizer.First is not null)
            yield return ("optimizer.first.", _optimizer.First);
        if (_optimizer.Second is not null)
            yield return ("optimizer.second.", _optimizer.Second);
        if (_best is not null)
            yield return ("best.", _best);
    }

    /// <summary>Fills what is remembered from a checkpoint, and gives the model its weights and its history.</summary>
    /// <exception cref="MlpException">The file is damaged, or the checkpoint of another training; the model is as it was.</exception>
    private TrainingState ReadCheckpoint(string path)
    {
        (TrainingState state, MlpModel saved, ModelContent content) = CheckpointFile.Read(path);
        string[] differences = [.. _run.DifferencesTo(state.Run)];
        if (differences.Length > 0)
            throw new MlpException("CheckpointMismatch", MlpErrorKind.Mismatch, $"{path} is the checkpoint of another training: {string.Join("; ", differences)}. Resume with what it began with, or replace it{Hint.With(nameof(TrainingOptions.ReplaceCheckpoint))}.");
        foreach ((string prefix, AlignedBuffer buffer) in Remembered())
            CheckpointFile.Fill(path, content, prefix, buffer, _layout);
        saved.CopyTo(_model);
        _model.Recall(state.FullHistory);
        return state;
    }

    private BatchScore MiniBatchEpoch()
    {
        double loss = 0;
        long correct = 0;
        int chunk = 0;
        int? seed = _options.Shuffle ? _options.Seed : null;
        foreach (SharedPart part in _data.Parts(seed, _epochsBefore + _epoch))
        {
            BeginPart(part, chunk++);
            for (int i = 0; i < part.Batches(_batchSize); i++)
            {
                BatchShare share = part.Batch(i, _batchSize);
                BatchScore batch = MiniBatchStep(part.Data, share);
                if (_ranks.IsStopped)
                    return default;
                loss += batch.Loss;
                correct += batch.Correct;
                _samplesDone += share.BatchCount;
                _meanLoss = loss / _samplesDone;
                Tell(batch, share.BatchCount);
                if (_ranks.IsStopped)
                    return default;
            }
        }

        _ranks.Hear(_data.IsStopped);
        return _options.EvaluateTraining && !_ranks.IsStopped ? Checked(Score(_data)) : new BatchScore(loss, correct);
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
            if (_backpropagation.Dropout is { } dropout)
                dropout.Key = SeededRandom.Mix(dropout.Key + (ulong)apart - 1);
            if (_distortion is not null)
                _distortion.Key = SeededRandom.Mix(_distortion.Key + (ulong)apart - 1);
        }

        if (_order is null || part.Data is not { Count: var count })
            return;
        _partOrder = _order.Length == count ? _order : new int[count];
        for (int i = 0; i < _partOrder.Length; i++)
            _partOrder[i] = i;
        SeededRandom.For(_options.Seed, SeededRandom.Purpose.Shuffle, ((_epochsBefore + _epoch) << (chunk > 0 ? 16 : 0)) + chunk).Shuffle(_partOrder);
    }

    private BatchScore MiniBatchStep(Samples? part, BatchShare share)
    {
        if (_exchange is not null || _options.Optimizer.ClipNorm is not null)
        {
            BatchScore score = Gradient(part, share);
            if (!_ranks.IsStopped)
                StepAlongGradient();
            return score;
        }

        BeginStep(gradientScale: 1);
        BatchScore batch = Checked(_backpropagation.Gradient(
            part!, _partOrder, share.Start, share.Count, _steps.Weights, _gradient, _steps.UpdatePart, _steps.UpdateRows));
        EndStep();
        return batch;
    }

    /// <summary>Scores a batch, of which this process has a share, and has its gradient computed; of several ranks, the sum may be under way still.</summary>
    private BatchScore Gradient(Samples? part, BatchShare share)
    {
        if (_exchange is null)
            return Checked(_backpropagation.Gradient(part!, _partOrder, share.Start, share.Count, _steps.Weights, _gradient));
        if (share.Count > 0)
        {
            _backpropagation.Gradient(
                part!,
                _partOrder,
                share.Start,
                share.Count,
                _steps.Weights,
                _gradient,
                _exchange.PartDone,
                batchCount: share.BatchCount,
                scored: Scored);
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
        return stopped ? score : Checked(score);
    }

    /// <summary>
    /// Tells the other ranks what this one's samples scored. The running statistics of batch normalization go with the gradient, in which they
    /// have a place, to become the mean of all ranks.
    /// </summary>
    private void Scored(BatchScore score)
    {
        _layout.CopyStatistics(_steps.Weights, _gradient, 1f / _ranks.Count);
        _exchange!.Scored(score);
    }

    /// <summary>Scores a data set, of which each rank takes a part.</summary>
    private BatchScore Score(SharedDataset data)
    {
        double loss = 0;
        long correct = 0, unknown = 0;
        foreach ((Samples part, int start, int count) in data.ToScore())
        {
            BatchScore score = _backpropagation.Score(part, start, count, _steps.Weights);
            loss += score.Loss;
            correct += score.Correct;
            unknown += score.Unknown;
        }

        return _ranks.Sum(new BatchScore(loss, correct, unknown));
    }

    /// <summary>Updates all weights once their whole gradient is there, its norm clipped.</summary>
    private void StepAlongGradient()
    {
        double scale = 1;
        if (_options.Optimizer.ClipNorm is { } limit)
        {
            _exchange?.WaitAll();
            scale = Math.Min(1, limit / _steps.MeasureGradient(_backpropagation.Threads));
        }

        BeginStep(scale);
        if (_exchange is null)
            _steps.UpdateAll(_backpropagation.Threads);
        for (int bucket = 0; bucket < _exchange?.BucketCount; bucket++)
        {
            _exchange.Wait(bucket);
            _steps.Update(_exchange.PartsOf(bucket), _backpropagation.Threads);
        }

        _steps.UpdateOneHot(_backpropagation.Threads);

        EndStep();
    }

    private static double DropoutOf(TrainingOptions options, int layer) => options.Dropout.Count switch
    {
        0 => 0,
        1 => options.Dropout[0],
        _ => options.Dropout[layer],
    };

    /// <summary>The mean over the samples whose class the model has.</summary>
    private static double? MeanLoss(BatchScore? score, SharedDataset? data) => score?.Loss / (data?.Count - score?.Unknown);

    private double? Accuracy(BatchScore? score, SharedDataset? data) => _model.Loss.IsRegression() ? null : (double?)score?.Correct / data?.Count;

    private void BeginStep(double gradientScale)
    {
        _backpropagation.Threads = _options.ThreadCount ?? ProcessorShare.OfProcess.Threads;
        _learningRate = _schedule.Rate(_epoch, _stepsOfEpoch);
        _steps.Begin(_learningRate, gradientScale);
    }

    private void EndStep()
    {
        if (!_steps.TryEnd(statistics: _exchange is null ? _steps.Weights : _gradient))
            throw Diverged("the step would have made a weight NaN or infinite");
        _normSum += _steps.GradientNorm();
        _stepsOfEpoch++;
    }

    /// <summary>Tells of a completed step whoever wants to know.</summary>
    /// <param name="score">The score of the step's samples before it.</param>
    /// <param name="count">How many samples.</param>
    private void Tell(BatchScore score, int count)
    {
        if (_onStep?.Invoke(new MlpStep(_epochsBefore + _epoch, _stepsOfEpoch, _stepsPerEpoch, score.Loss / count, _learningRate, _steps.GradientNorm(), count)) == false)
            _ranks.Stop();
    }

    private BatchScore Checked(BatchScore score)
    {
        if (double.IsFinite(score.Loss))
            return score;

        // The weights of the step before gave a finite loss.
        _steps.TakeBack();
        throw Diverged($"the loss became {score.Loss}");
    }

    private MlpException Diverged(string what)
    {
        _model.Optimizer = null;
        long step = (_samplesDone / _batchSize) + 1;
        return new MlpException(
            "TrainingDiverged",
            MlpErrorKind.Diverged,
            $"The training diverged in epoch {_epochsBefore + _epoch}, step {step}: {what}. The model keeps its last finite weights. A learning rate below {_learningRate} is the usual cure.");
    }

    private void Report(int samples) => _progress?.Invoke(new TrainingProgress(
        _epoch, _options.Epochs, _stepsOfEpoch, _stepsPerEpoch, Math.Min(_samplesDone + ((long)samples * _run.Ranks), _data.Count), _data.Count, _meanLoss));
}
