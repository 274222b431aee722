using System.Diagnostics;
using System.Text;
using System.Text.Json;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Distribution;
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
    private readonly Action<ParameterPart> _updatePart;
    private readonly Action<int, int> _updatePartAt;
    private readonly Action<int, int> _updateBucketAt;
    private readonly Action<int, int> _sumSquaresAt;
    private readonly float[] _squares;
    private readonly LearningRateSchedule _schedule;
    private readonly ImageDistortion? _distortion;
    private readonly Backpropagation _backpropagation;
    private readonly AlignedBuffer _gradient;

    // The gradient of all ranks; that of this one where it trains alone.
    private readonly AlignedBuffer _sums;
    private readonly AlignedBuffer? _best;
    private readonly EarlyStopping _stopping;
    private readonly int _batchSize;
    private readonly int _stepsPerEpoch;
    private readonly int[]? _order;
    private readonly Communicator? _ranks;
    private readonly GradientExchange? _exchange;
    private readonly CancellationToken _cancellation;
    private readonly ProcessorShare _processors;
    private MlpRun _run;
    private int _epochsBefore;
    private long[] _zeros;

    // A step writes its weights beside the old ones, so that a step that went wrong can be taken back.
    private AlignedBuffer _weights;
    private AlignedBuffer _spare;
    private int[]? _partOrder;
    private int[] _bucketParts = [];
    private int _stepsTaken;
    private bool _gradientIsCurrent;
    private BatchScore _scoreBefore;
    private int _epoch;
    private long _samplesDone;
    private bool _othersKnow;
    private double _learningRate;
    private double _normSum;
    private int _steps;
    private double _meanLoss = double.NaN;

    public TrainingRun(
        MlpModel model, TrainingSets sets, TrainingOptions options, Action<TrainingProgress>? progress, Func<MlpStep, bool>? onStep, CancellationToken cancellation)
    {
        _model = model;
        _data = sets.Training;
        _validation = sets.Validation;
        _test = sets.Test;
        _options = options;
        _ranks = options.Ranks;
        _cancellation = cancellation;
        _progress = IsFirst ? progress : null;
        _onStep = IsFirst ? onStep : null;
        _run = MlpRun.Of(model, sets, options);
        _layout = new ParameterLayout(model, Kernel.Best);
        _batchSize = (int)Math.Min(options.BatchSize ?? _data.Count, Math.Min(_data.LargestPart, _data.Count));
        _stepsPerEpoch = _data.Steps(_batchSize);
        _schedule = new LearningRateSchedule(options.Schedule, options.LearningRate, options.Epochs, _stepsPerEpoch);
        _order = options.BatchSize is not null && options.Shuffle ? new int[_data.Data.Stream?.ChunkRows ?? _data.Data.Count] : null;
        _weights = new AlignedBuffer(_layout.Length);
        _spare = new AlignedBuffer(_layout.Length);
        _gradient = new AlignedBuffer(_layout.Length);
        _sums = _ranks is null ? _gradient : new AlignedBuffer(_layout.Length);
        _best = options.KeepsBest ? new AlignedBuffer(_layout.Length) : null;
        _stopping = new EarlyStopping(options.EffectiveMonitor, options.Patience, options.MinImprovement);
        bool scores = _validation is not null || _test is not null || options.EvaluateTraining;
        int threads = options.ThreadCount ?? Environment.ProcessorCount;
        _distortion = options.Augmentation.IsActive ? new ImageDistortion(options.Augmentation, _data.Data.ImageShape!.Value, _layout.Kernel, threads) : null;
        _backpropagation = new Backpropagation(_layout, scores ? int.MaxValue : _batchSize, threads, training: true, _distortion)
        {
            Dropout = options.Drops ? new Dropout([options.InputDropout, .. model.Layers.SkipLast(1).Select((_, i) => DropoutOf(options, i))]) : null,
            LabelSmoothing = (float)options.LabelSmoothing,
            ClassWeights = options.ClassWeights?.For(_data.Data),
            Progress = Report,
            Cancellation = cancellation,
        };
        bool resumes = IsFirst && options.Resume && File.Exists(options.CheckpointPath);
        bool remembers = !resumes && model.Optimizer is { } memory && memory.Kind == options.Optimizer.Kind && memory.Length == _layout.Length;
        _optimizer = remembers ? model.Optimizer! : new Optimizer(options.Optimizer.Kind, _layout.Length);
        _epochsBefore = model.EpochsTrained;
        if (resumes)
            TakeOn(ReadCheckpoint(options.CheckpointPath!));

        model.Optimizer = _optimizer;
        _layout.Pack(model, _weights);
        _zeros = options.KeepZeros ? _layout.ZeroWeights(model) : [];
        _squares = new float[_backpropagation.Parts.Length];
        _exchange = _ranks is null ? null : new GradientExchange(_ranks, _layout, _backpropagation.Parts, _gradient, _sums);
        _updatePart = part => _squares[part.Index] = _optimizer.Update(part.Offset, part.Length);
        _updatePartAt = (i, _) => _updatePart(_backpropagation.Parts[i]);
        _processors = ProcessorShare.Take();
        _updateBucketAt = (i, _) => _updatePart(_backpropagation.Parts[_bucketParts[i]]);
        _sumSquaresAt = (i, _) => _squares[i] = SumSquares(_backpropagation.Parts[i]);
    }

    /// <summary>Whether this process speaks for the training: writes checkpoints, reports progress, asks whether to go on.</summary>
    private bool IsFirst => _ranks is null or { Rank: 0 };

    /// <summary>Whether there has been no improvement for as long as the patience allows.</summary>
    public bool IsTimeToStop => _stopping.IsTimeToStop;

    /// <summary>Epochs of this training that are complete.</summary>
    public int EpochsDone => _epoch;

    /// <summary>Whether a step was to be the last.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Has all ranks, where there are others, begin where rank 0 does, with its weights, its memory, and the options that are its own.</summary>
    /// <exception cref="MlpException">A rank trains something else.</exception>
    public unsafe void BeginTogether()
    {
        if (_ranks is null)
            return;
        byte[] sent = _ranks.Broadcast(IsFirst ? JsonSerializer.SerializeToUtf8Bytes(State(), CheckpointFile.Json) : []);
        TrainingState state = JsonSerializer.Deserialize<TrainingState>(sent, CheckpointFile.Json)!;
        _ = _ranks.Together(() =>
        {
            string[] differences = [.. _run.DifferencesTo(state.Run)];
            return differences.Length == 0 ? state : throw new MlpException("RanksDiffer", MlpErrorKind.Mismatch, $"It does not train what rank 0 (there) trains: {string.Join("; ", differences)}.");
        });
        if (!IsFirst)
        {
            TakeOn(state);
            _model.Recall(state.FullHistory);
        }

        foreach (AlignedBuffer buffer in Remembered().Select(memory => memory.Buffer).Prepend(_weights))
            _ranks.Broadcast(buffer.Pointer, buffer.Length);
        _layout.Unpack(_weights, _model);
        _zeros = _options.KeepZeros ? _layout.ZeroWeights(_model) : [];
    }

    /// <summary>Ends a training whose epochs are all done, with all ranks where there are others.</summary>
    /// <exception cref="MlpException">Another rank failed after the last of them.</exception>
    public void EndTogether()
    {
        _othersKnow = true;
        _ranks?.Meet(default);
    }

    /// <summary>Trains one epoch, records it in the model's history and returns it; null where the training was stopped in its midst.</summary>
    public MlpEpoch? TrainEpoch()
    {
        try
        {
            MlpEpoch? epoch = TrainWholeEpoch();
            if (IsStopped && !_othersKnow)
                _ranks?.Meet(default, null, stops: true, out _);
            _othersKnow = IsStopped;
            return epoch;
        }
        catch (Exception failure) when (_ranks is not null)
        {
            _othersKnow = true;
            if (_ranks.AllKnow)
                throw;
            _exchange!.Abandon();
            _ranks.Meet(default, failure);
            throw;
        }
    }

    /// <summary>Gives the model the weights of its best epoch, where they have been kept.</summary>
    public void RestoreBest()
    {
        if (_best is null)
            return;
        _best.CopyTo(_weights);

        // What the optimizer remembers belongs to other weights.
        _model.Optimizer = null;
    }

    /// <summary>Gives the model the weights of the last completed step; where the training is given up between two epochs, the other ranks are told.</summary>
    public void Dispose()
    {
        _processors.Dispose();
        _layout.Unpack(_weights, _model);
        if (_ranks is null || _othersKnow)
            return;
        _othersKnow = true;
        bool isCancelled = _cancellation.IsCancellationRequested;
        try
        {
            _ranks.Meet(default, isCancelled ? new OperationCanceledException(_cancellation) : null, stops: !isCancelled, out _);
        }
        catch (OperationCanceledException) when (isCancelled)
        {
            // Thrown for the others to hear of.
        }
    }

    private MlpEpoch? TrainWholeEpoch()
    {
        long started = Stopwatch.GetTimestamp();
        _epoch++;
        _samplesDone = 0;
        _normSum = 0;
        _steps = 0;
        TimeSpan waitedBefore = _ranks?.Waited ?? default;
        if (_backpropagation.Dropout is { } dropout)
            dropout.Key = SeededRandom.Key(_options.Seed, SeededRandom.Purpose.Dropout, _epochsBefore + _epoch);
        if (_distortion is not null)
            _distortion.Key = SeededRandom.Key(_options.Seed, SeededRandom.Purpose.Augmentation, _epochsBefore + _epoch);
        BatchScore training = _options.BatchSize is null ? FullBatchEpoch() : MiniBatchEpoch();
        if (IsStopped)
            return null;
        BatchScore? validation = _validation is null ? null : Score(_validation);
        BatchScore? test = _test is null || IsStopped ? null : Score(_test);
        _layout.Unpack(_weights, _model);
        if (!IsStopped)
            CheckSameWeights();
        if (IsStopped)
            return null;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        _meanLoss = training.Loss / _data.Count;
        var result = new MlpEpoch(
            _epochsBefore + _epoch,
            _meanLoss,
            Accuracy(training, _data),
            validation?.Loss / _validation?.Count,
            Accuracy(validation, _validation),
            test?.Loss / _test?.Count,
            Accuracy(test, _test),
            _learningRate,
            _normSum / _steps,
            IsBest: false,
            elapsed,
            _data.Count / elapsed.TotalSeconds,
            _run)
        {
            CommunicationTime = _ranks is null ? default : _ranks.Waited - waitedBefore,
        };
        result = result with { IsBest = _stopping.Observe(result) };
        if (result.IsBest && _best is not null)
            _weights.CopyTo(_best);
        _schedule.Observe(result.ValidationLoss ?? result.TrainingLoss);
        _model.Record(result);
        if (IsFirst && _options.CheckpointPath is { } path && (_epoch % _options.CheckpointEvery == 0 || _epoch == _options.Epochs || IsTimeToStop))
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
            AskWhetherToGoOn();
        else
            _scoreBefore = Gradient(all.Data, share);
        if (IsStopped)
            return _scoreBefore;
        StepAlongGradient();
        Tell(_scoreBefore, share.BatchCount);
        if (IsStopped)
            return _scoreBefore;
        _gradientIsCurrent = _epoch < _options.Epochs && !_options.MinimizesOther && _data.Data.SampleWeights.IsEmpty && !_layout.IsNormalized;
        return _scoreBefore = _gradientIsCurrent ? Gradient(all.Data, share) : Checked(Score(_data));
    }

    /// <summary>Where the training stands, as a checkpoint and other ranks have it.</summary>
    private TrainingState State() => new(_run, _epochsBefore, _epoch, _optimizer.Steps, _schedule.Seen, _stopping.Seen, _model.History, TrainingState.RunsOf(_model.History));

    /// <summary>Goes on where another process stood.</summary>
    private void TakeOn(TrainingState state)
    {
        _run = state.Run with { Ranks = _ranks?.Count ?? 1 };
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
            throw new MlpException("CheckpointMismatch", MlpErrorKind.Mismatch, $"{path} is the checkpoint of another training: {string.Join("; ", differences)}. Resume with what it began with, or replace it with -Force.");
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
                if (IsStopped)
                    return default;
                loss += batch.Loss;
                correct += batch.Correct;
                _samplesDone += share.BatchCount;
                _meanLoss = loss / _samplesDone;
                Tell(batch, share.BatchCount);
                if (IsStopped)
                    return default;
            }
        }

        HearOf(_data.IsStopped);
        return _options.EvaluateTraining && !IsStopped ? Checked(Score(_data)) : new BatchScore(loss, correct);
    }

    /// <summary>
    /// Turns to the samples of a part: their order, and for all parts but the first of a stream, and for each rank's own samples, masks and
    /// distortions of their own.
    /// </summary>
    private void BeginPart(SharedPart part, int chunk)
    {
        int apart = chunk > 0 ? 1 : _data.IsOwn ? _ranks!.Rank : 0;
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

    private BatchScore MiniBatchStep(MlpDataset? part, BatchShare share)
    {
        if (_ranks is not null || _options.Optimizer.ClipNorm is not null)
        {
            BatchScore score = Gradient(part, share);
            if (!IsStopped)
                StepAlongGradient();
            return score;
        }

        BeginStep(gradientScale: 1);
        BatchScore batch = Checked(_backpropagation.Gradient(part!, _partOrder, share.Start, share.Count, _weights, _gradient, _updatePart));
        EndStep();
        return batch;
    }

    /// <summary>Scores a batch, of which this process has a share, and has its gradient computed; of several ranks, the sum may be under way still.</summary>
    private BatchScore Gradient(MlpDataset? part, BatchShare share)
    {
        if (_exchange is null)
            return Checked(_backpropagation.Gradient(part!, _partOrder, share.Start, share.Count, _weights, _gradient));
        if (share.Count > 0)
        {
            _backpropagation.Gradient(part!, _partOrder, share.Start, share.Count, _weights, _gradient, _exchange.PartDone, share.BatchCount, Scored);
        }
        else
        {
            _gradient.Clear();
            Scored(default);
            _exchange.AllDone();
        }

        BatchScore score = _exchange.End(out bool stopped);
        HearOf(stopped);
        return stopped ? score : Checked(score);
    }

    /// <summary>
    /// Tells the other ranks what this one's samples scored. The running statistics of batch normalization go with the gradient, in which they
    /// have a place, to become the mean of all ranks.
    /// </summary>
    private void Scored(BatchScore score)
    {
        _layout.CopyStatistics(_weights, _gradient, 1f / _ranks!.Count);
        _exchange!.Scored(score);
    }

    /// <summary>Scores a data set, of which each rank takes a part.</summary>
    private BatchScore Score(SharedDataset data)
    {
        double loss = 0;
        long correct = 0;
        foreach ((MlpDataset part, int start, int count) in data.ToScore())
        {
            BatchScore score = _backpropagation.Score(part, start, count, _weights);
            loss += score.Loss;
            correct += score.Correct;
        }

        if (_ranks is null)
            return new BatchScore(loss, correct);
        BatchScore all = _ranks.Meet(new BatchScore(loss, correct), null, stops: false, out bool stopped);
        HearOf(stopped);
        return all;
    }

    /// <summary>Hears whether a rank wants to stop here.</summary>
    private void AskWhetherToGoOn()
    {
        if (_ranks is null)
            return;
        _ranks.Meet(default, null, stops: false, out bool stopped);
        HearOf(stopped);
    }

    private void HearOf(bool stopped)
    {
        IsStopped |= stopped;
        _othersKnow |= stopped;
    }

    /// <summary>Checks that all ranks have come to the same weights, to the bit.</summary>
    /// <exception cref="MlpException">They have not.</exception>
    private void CheckSameWeights()
    {
        AskWhetherToGoOn();
        if (_ranks is null || IsStopped)
            return;
        string[] weights = [.. _ranks.Gather(Encoding.ASCII.GetBytes(_model.Fingerprint())).Select(Encoding.ASCII.GetString)];
        int other = Array.FindIndex(weights, hash => hash != weights[0]);
        if (other >= 0)
            throw new MlpException("RanksDiverged", MlpErrorKind.Diverged, $"After epoch {_epochsBefore + _epoch}, rank {other} of {_ranks.Count} has other weights than rank 0: {weights[other]} instead of {weights[0]}. All machines must be of one type of processor and run the same version.");
    }

    /// <summary>Updates all weights once their whole gradient is there, its norm clipped.</summary>
    private void StepAlongGradient()
    {
        double scale = 1;
        if (_options.Optimizer.ClipNorm is { } limit)
        {
            _exchange?.WaitAll();
            WorkerPool.Shared.Run(_squares.Length, _backpropagation.Threads, _sumSquaresAt);
            scale = Math.Min(1, limit / GradientNorm());
        }

        BeginStep(scale);
        if (_exchange is null)
            WorkerPool.Shared.Run(_squares.Length, _backpropagation.Threads, _updatePartAt);
        for (int bucket = 0; bucket < _exchange?.BucketCount; bucket++)
        {
            _exchange.Wait(bucket);
            _bucketParts = _exchange.PartsOf(bucket);
            WorkerPool.Shared.Run(_bucketParts.Length, _backpropagation.Threads, _updateBucketAt);
        }

        EndStep();
    }

    private unsafe float SumSquares(ParameterPart part) => _layout.Kernel.SumSquares(part.Length, _sums.Pointer + part.Offset);

    private double GradientNorm()
    {
        double sum = 0;
        foreach (float squares in _squares)
            sum += squares;
        return Math.Sqrt(sum);
    }

    private static double DropoutOf(TrainingOptions options, int layer) => options.Dropout.Count switch
    {
        0 => 0,
        1 => options.Dropout[0],
        _ => options.Dropout[layer],
    };

    private double? Accuracy(BatchScore? score, SharedDataset? data) => _model.Loss.IsRegression() ? null : (double?)score?.Correct / data?.Count;

    private void BeginStep(double gradientScale)
    {
        _backpropagation.Threads = _options.ThreadCount ?? ProcessorShare.Threads;
        _learningRate = _schedule.Rate(_epoch, _steps);
        _optimizer.BeginStep(_layout.Kernel, _weights, _sums, _spare, _options.Optimizer, _learningRate, gradientScale);
    }

    private unsafe void EndStep()
    {
        if (!_optimizer.IsFinite)
            throw Diverged("the step would have made a weight NaN or infinite");
        _layout.CopyStatistics(_ranks is null ? _weights : _sums, _spare);
        (_weights, _spare) = (_spare, _weights);
        if (_options.MaxNorm is { } limit)
            _layout.LimitNorms(_weights, (float)limit);
        foreach (long place in _zeros)
            _weights.Pointer[place] = 0;
        _stepsTaken++;
        _normSum += GradientNorm();
        _steps++;
    }

    /// <summary>Tells of a completed step whoever wants to know.</summary>
    /// <param name="score">The score of the step's samples before it.</param>
    /// <param name="count">How many samples.</param>
    private void Tell(BatchScore score, int count)
    {
        if (_onStep is not null)
            IsStopped = !_onStep(new MlpStep(_epochsBefore + _epoch, _steps, _stepsPerEpoch, score.Loss / count, _learningRate, GradientNorm(), count));
    }

    private BatchScore Checked(BatchScore score)
    {
        if (double.IsFinite(score.Loss))
            return score;

        // The weights of the step before gave a finite loss.
        if (_stepsTaken > 0)
            (_weights, _spare) = (_spare, _weights);
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
        _epoch, _options.Epochs, _steps, _stepsPerEpoch, Math.Min(_samplesDone + ((long)samples * _run.Ranks), _data.Count), _data.Count, _meanLoss));
}
