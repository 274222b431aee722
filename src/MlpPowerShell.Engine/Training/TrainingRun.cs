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
    private readonly MlpDataset _data;
    private readonly MlpDataset? _validation;
    private readonly MlpDataset? _test;
    private readonly TrainingOptions _options;
    private readonly Action<TrainingProgress>? _progress;
    private readonly Func<MlpStep, bool>? _onStep;
    private readonly ParameterLayout _layout;
    private readonly Optimizer _optimizer;
    private readonly Action<ParameterPart> _updatePart;
    private readonly Action<int, int> _updatePartAt;
    private readonly Action<int, int> _sumSquaresAt;
    private readonly float[] _squares;
    private readonly long[] _zeros;
    private readonly LearningRateSchedule _schedule;
    private readonly ImageDistortion? _distortion;
    private readonly Backpropagation _backpropagation;
    private readonly AlignedBuffer _gradient;
    private readonly AlignedBuffer? _best;
    private readonly EarlyStopping _stopping;
    private readonly int _batchSize;
    private readonly int _stepsPerEpoch;
    private readonly int[]? _order;
    private readonly MlpRun _run;
    private readonly int _epochsBefore;

    // A step writes its weights beside the old ones, so that a step that went wrong can be taken back.
    private AlignedBuffer _weights;
    private AlignedBuffer _spare;
    private MlpDataset _part;
    private int[]? _partOrder;
    private int _stepsTaken;
    private bool _gradientIsCurrent;
    private BatchScore _scoreBefore;
    private int _epoch;
    private int _samplesDone;
    private double _learningRate;
    private double _normSum;
    private int _steps;
    private double _meanLoss = double.NaN;

    public TrainingRun(
        MlpModel model, TrainingSets sets, TrainingOptions options, Action<TrainingProgress>? progress, Func<MlpStep, bool>? onStep, CancellationToken cancellation)
    {
        _model = model;
        _data = _part = sets.Training;
        _validation = sets.Validation;
        _test = sets.Test;
        _options = options;
        _progress = progress;
        _onStep = onStep;
        _run = MlpRun.Of(model, sets, options);
        _layout = new ParameterLayout(model, Kernel.Best);
        int largestPart = _data.Stream?.ChunkRows ?? _data.Count;
        _batchSize = Math.Min(options.BatchSize ?? _data.Count, Math.Min(largestPart, _data.Count));
        _stepsPerEpoch = StepsPerEpoch(largestPart);
        _schedule = new LearningRateSchedule(options.Schedule, options.LearningRate, options.Epochs, _stepsPerEpoch);
        _order = options.BatchSize is not null && options.Shuffle ? new int[largestPart] : null;
        _weights = new AlignedBuffer(_layout.Length);
        _spare = new AlignedBuffer(_layout.Length);
        _gradient = new AlignedBuffer(_layout.Length);
        _best = options.KeepsBest ? new AlignedBuffer(_layout.Length) : null;
        _stopping = new EarlyStopping(options.EffectiveMonitor, options.Patience, options.MinImprovement);
        bool scores = _validation is not null || _test is not null || options.EvaluateTraining;
        _distortion = options.Augmentation.IsActive ? new ImageDistortion(options.Augmentation, _data.ImageShape!.Value, _layout.Kernel, options.ThreadCount) : null;
        _backpropagation = new Backpropagation(_layout, scores ? int.MaxValue : _batchSize, options.ThreadCount, training: true, _distortion)
        {
            Dropout = options.Drops ? new Dropout([options.InputDropout, .. model.Layers.SkipLast(1).Select((_, i) => DropoutOf(options, i))]) : null,
            LabelSmoothing = (float)options.LabelSmoothing,
            ClassWeights = options.ClassWeights?.For(_data),
            Progress = Report,
            Cancellation = cancellation,
        };
        bool resumes = options.Resume && File.Exists(options.CheckpointPath);
        bool remembers = !resumes && model.Optimizer is { } memory && memory.Kind == options.Optimizer.Kind && memory.Length == _layout.Length;
        _optimizer = remembers ? model.Optimizer! : new Optimizer(options.Optimizer.Kind, _layout.Length);
        _epochsBefore = model.EpochsTrained;
        if (resumes)
        {
            TrainingState state = ReadCheckpoint(options.CheckpointPath!);
            _run = state.Run;
            _epochsBefore = state.EpochsBefore;
            _epoch = state.EpochsDone;
            _optimizer.Steps = state.OptimizerSteps;
            _schedule.Seen = state.Schedule;
            _stopping.Seen = state.Stopping;
        }

        model.Optimizer = _optimizer;
        _layout.Pack(model, _weights);
        _zeros = options.KeepZeros ? _layout.ZeroWeights(model) : [];
        _squares = new float[_backpropagation.Parts.Length];
        _updatePart = part => _squares[part.Index] = _optimizer.Update(part.Offset, part.Length);
        _updatePartAt = (i, _) => _updatePart(_backpropagation.Parts[i]);
        _sumSquaresAt = (i, _) => _squares[i] = SumSquares(_backpropagation.Parts[i]);
    }

    /// <summary>Whether there has been no improvement for as long as the patience allows.</summary>
    public bool IsTimeToStop => _stopping.IsTimeToStop;

    /// <summary>Epochs of this training that are complete.</summary>
    public int EpochsDone => _epoch;

    /// <summary>Whether a step was to be the last.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Trains one epoch, records it in the model's history and returns it; null where the training was stopped in its midst.</summary>
    public MlpEpoch? TrainEpoch()
    {
        long started = Stopwatch.GetTimestamp();
        _epoch++;
        _samplesDone = 0;
        _normSum = 0;
        _steps = 0;
        if (_backpropagation.Dropout is { } dropout)
            dropout.Key = SeededRandom.Key(_options.Seed, SeededRandom.Purpose.Dropout, _epochsBefore + _epoch);
        if (_distortion is not null)
            _distortion.Key = SeededRandom.Key(_options.Seed, SeededRandom.Purpose.Augmentation, _epochsBefore + _epoch);
        BatchScore training = _options.BatchSize is null ? FullBatchEpoch() : MiniBatchEpoch();
        if (IsStopped)
            return null;
        BatchScore? validation = Measure(_validation);
        BatchScore? test = Measure(_test);
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
            _run);
        result = result with { IsBest = _stopping.Observe(result) };
        if (result.IsBest && _best is not null)
            _weights.CopyTo(_best);
        _schedule.Observe(result.ValidationLoss ?? result.TrainingLoss);
        _layout.Unpack(_weights, _model);
        _model.Record(result);
        if (_options.CheckpointPath is { } path && (_epoch % _options.CheckpointEvery == 0 || _epoch == _options.Epochs || IsTimeToStop))
        {
            var state = new TrainingState(_run, _epochsBefore, _epoch, _optimizer.Steps, _schedule.Seen, _stopping.Seen, _model.History, TrainingState.RunsOf(_model.History));
            CheckpointFile.Write(path, _model, state, _layout, Remembered());
        }

        return result;
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

    /// <summary>Gives the model the weights of the last completed step.</summary>
    public void Dispose() => _layout.Unpack(_weights, _model);

    /// <summary>
    /// One step along the gradient of the whole set. The walk that scores the new weights is the one that the next epoch's gradient
    /// needs, so only the first and the last epoch walk for one of these alone. Where the gradient's walk scores something else than the
    /// network on its labels, the figures take a walk of their own.
    /// </summary>
    private BatchScore FullBatchEpoch()
    {
        if (!_gradientIsCurrent)
            _scoreBefore = Checked(_backpropagation.Gradient(_data, null, 0, _data.Count, _weights, _gradient));
        StepAlongGradient();
        Tell(_scoreBefore, _data.Count);
        if (IsStopped)
            return _scoreBefore;
        _gradientIsCurrent = _epoch < _options.Epochs && !_options.MinimizesOther && _data.SampleWeights.IsEmpty && !_layout.IsNormalized;
        return _scoreBefore = Checked(_gradientIsCurrent
            ? _backpropagation.Gradient(_data, null, 0, _data.Count, _weights, _gradient)
            : _backpropagation.Score(_data, _weights));
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
        int correct = 0;
        int chunk = 0;
        int? seed = _options.Shuffle ? _options.Seed : null;
        foreach (MlpDataset part in _data.Parts(seed, _epochsBefore + _epoch))
        {
            BeginPart(part, chunk++);
            for (int start = 0; start < part.Count && !IsStopped; start += _batchSize)
            {
                int count = Math.Min(_batchSize, part.Count - start);
                BatchScore batch = MiniBatchStep(start, count);
                loss += batch.Loss;
                correct += batch.Correct;
                _samplesDone += count;
                _meanLoss = loss / _samplesDone;
                Tell(batch, count);
            }

            if (IsStopped)
                break;
        }

        return _options.EvaluateTraining && !IsStopped ? Checked(_backpropagation.Score(_data, _weights)) : new BatchScore(loss, correct);
    }

    /// <summary>Turns to the samples of a part: their order, and for all parts but the first of a stream masks and distortions of their own.</summary>
    private void BeginPart(MlpDataset part, int chunk)
    {
        _part = part;
        if (chunk > 0)
        {
            if (_backpropagation.Dropout is { } dropout)
                dropout.Key = SeededRandom.Mix(dropout.Key);
            if (_distortion is not null)
                _distortion.Key = SeededRandom.Mix(_distortion.Key);
        }

        if (_order is null)
            return;
        _partOrder = _order.Length == part.Count ? _order : new int[part.Count];
        for (int i = 0; i < _partOrder.Length; i++)
            _partOrder[i] = i;
        SeededRandom.For(_options.Seed, SeededRandom.Purpose.Shuffle, ((_epochsBefore + _epoch) << (chunk > 0 ? 16 : 0)) + chunk).Shuffle(_partOrder);
    }

    private int StepsPerEpoch(int chunk)
    {
        int last = _data.Count % chunk;
        return (_data.Count / chunk * Steps(chunk)) + Steps(last);

        int Steps(int samples) => (samples + _batchSize - 1) / _batchSize;
    }

    private BatchScore MiniBatchStep(int start, int count)
    {
        if (_options.Optimizer.ClipNorm is not null)
        {
            BatchScore score = Checked(_backpropagation.Gradient(_part, _partOrder, start, count, _weights, _gradient));
            StepAlongGradient();
            return score;
        }

        BeginStep(gradientScale: 1);
        BatchScore batch = Checked(_backpropagation.Gradient(_part, _partOrder, start, count, _weights, _gradient, _updatePart));
        EndStep();
        return batch;
    }

    /// <summary>Updates all weights once their whole gradient is there, its norm clipped.</summary>
    private void StepAlongGradient()
    {
        double scale = 1;
        if (_options.Optimizer.ClipNorm is { } limit)
        {
            WorkerPool.Shared.Run(_squares.Length, _options.ThreadCount, _sumSquaresAt);
            scale = Math.Min(1, limit / GradientNorm());
        }

        BeginStep(scale);
        WorkerPool.Shared.Run(_squares.Length, _options.ThreadCount, _updatePartAt);
        EndStep();
    }

    private unsafe float SumSquares(ParameterPart part) => _layout.Kernel.SumSquares(part.Length, _gradient.Pointer + part.Offset);

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

    private double? Accuracy(BatchScore? score, MlpDataset? data) => _model.Loss.IsRegression() ? null : (double?)score?.Correct / data?.Count;

    private BatchScore? Measure(MlpDataset? data) => data is null ? null : _backpropagation.Score(data, _weights);

    private void BeginStep(double gradientScale)
    {
        _learningRate = _schedule.Rate(_epoch, _steps);
        _optimizer.BeginStep(_layout.Kernel, _weights, _gradient, _spare, _options.Optimizer, _learningRate, gradientScale);
    }

    private unsafe void EndStep()
    {
        if (!_optimizer.IsFinite)
            throw Diverged("the step would have made a weight NaN or infinite");
        _layout.CopyStatistics(_weights, _spare);
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
        int step = (_samplesDone / _batchSize) + 1;
        return new MlpException(
            "TrainingDiverged",
            MlpErrorKind.Diverged,
            $"The training diverged in epoch {_epochsBefore + _epoch}, step {step}: {what}. The model keeps its last finite weights. A learning rate below {_learningRate} is the usual cure.");
    }

    private void Report(int samples) => _progress?.Invoke(new TrainingProgress(
        _epoch, _options.Epochs, _steps, _stepsPerEpoch, Math.Min(_samplesDone + samples, _data.Count), _data.Count, _meanLoss));
}
