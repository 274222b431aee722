using System.Diagnostics;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>One training at work: its epochs one by one, and where it goes on from.</summary>
internal sealed partial class TrainingRun : IDisposable
{
    private readonly TrainingPlan _plan;
    private readonly MlpModel _model;
    private readonly TrainingOptions _options;
    private readonly TrainingRanks _ranks;
    private readonly ParameterLayout _layout;
    private readonly Optimizer _optimizer;
    private readonly TrainingStep _step;
    private readonly LineSearchStep? _search;
    private readonly TrainingEpoch _epoch;
    private readonly LearningRateSchedule _schedule;
    private readonly EarlyStopping _stopping;
    private readonly AlignedBuffer? _best;
    private readonly int _stepsPerEpoch;
    private readonly EpochFigures _figures = new();
    private MlpRun _run;

    private TrainingRun(TrainingPlan plan, bool resumes)
    {
        _plan = plan;
        _model = plan.Model;
        _options = plan.Options;
        _ranks = new TrainingRanks(_options.Ranks, plan.Cancellation);
        _run = MlpRun.Of(_model, plan.Sets, _options);
        _figures.EpochsBefore = _model.EpochsTrained;
        _layout = new ParameterLayout(_model, Kernel.Best);
        _stepsPerEpoch = plan.StepsPerEpoch;
        _schedule = new LearningRateSchedule(_options.Schedule, _options.LearningRate, _options.Epochs, _stepsPerEpoch);
        _best = _options.KeepsBest ? new AlignedBuffer(_layout.Length) : null;
        _stopping = new EarlyStopping(_options.EffectiveMonitor, _options.Patience, _options.MinImprovement);
        Optimizer? memory = resumes ? null : TrainingMemory.Of(_model).Optimizer;
        bool remembers = memory?.Kind == _options.Optimizer.Kind && memory.Length == _layout.Length;
        _optimizer = remembers ? memory! : new Optimizer(_options.Optimizer.Kind, _layout.Length);
        GradientOptions gradientOptions = GradientOptionsOf(plan, _layout, Report);
        _step = new TrainingStep(plan, _ranks, _figures, _stopping, _layout, _optimizer, gradientOptions);
        if (_optimizer.Pairs is not null)
            _search = new LineSearchStep(plan, _ranks, _figures, _layout, _optimizer, _step);
        _epoch = new TrainingEpoch(plan, _ranks, _figures, _step, _search, _schedule, gradientOptions);
    }

    /// <summary>Whether there has been no improvement for as long as the patience allows, or none can be.</summary>
    public bool IsTimeToStop => _stopping.IsTimeToStop || _search?.IsConverged == true;

    /// <summary>Epochs of this training that are complete.</summary>
    public int EpochsDone => _figures.Epoch;

    /// <summary>Begins a training, or has it go on from its checkpoint, where that is asked for and there is one.</summary>
    /// <exception cref="MlpException">The file is damaged, or the checkpoint of another training; the model is as it was.</exception>
    public static TrainingRun Begin(TrainingPlan plan)
    {
        // What was fitted to the answers of other weights says nothing of those to come.
        plan.Model.Output = plan.Model.Output.Uncalibrated;
        bool resumes = plan.Options is { Resume: true, CheckpointPath: { } path, Ranks: null or { Rank: 0 } } && File.Exists(path);
        var run = new TrainingRun(plan, resumes);
        if (resumes)
            run.TakeOn(run.ReadCheckpoint(plan.Options.CheckpointPath!));
        else
            run._step.Load(plan.Model);
        TrainingMemory.Of(plan.Model).Optimizer = run._optimizer;
        return run;
    }

    /// <summary>
    /// Has all ranks, where there are others, begin where rank 0 does, with its weights, its memory, and the options that are its own.
    /// </summary>
    /// <exception cref="MlpException">A rank trains something else.</exception>
    public void BeginTogether()
    {
        TrainingState first = _ranks.Agree(State());
        AlignedBuffer weights = _step.Measured;
        _ranks.Broadcast(weights);
        if (!_ranks.IsFirst)
        {
            _layout.Unpack(weights, _model);
            _step.Load(_model);
        }

        foreach ((_, AlignedBuffer buffer) in Remembered())
            _ranks.Broadcast(buffer);
        if (_ranks.IsFirst)
            return;
        _step.Settle();
        TakeOn(first);
        TrainingMemory.Recall(_model, first.FullHistory);
    }

    /// <summary>Ends a training whose epochs are all done, with all ranks where there are others.</summary>
    /// <exception cref="MlpException">Another rank failed after the last of them.</exception>
    public void EndTogether() => _ranks.End();

    /// <summary>
    /// Trains one epoch, records it in the model's history and returns it; null where the training was stopped in its midst.
    /// </summary>
    public MlpEpoch? TrainEpoch()
    {
        try
        {
            return _ranks.Attempt(TrainWholeEpoch, _step.Abandoned);
        }
        catch (MlpException failure) when (failure.Kind == MlpErrorKind.Diverged)
        {
            RestoreBest();
            throw;
        }
    }

    /// <summary>Gives the model the weights of its best epoch, or those it began with, where they have been kept.</summary>
    public void RestoreBest()
    {
        if (_best is null || !_stopping.HasBest)
            return;
        _step.Load(_best);
        // What the optimizer remembers belongs to other weights.
        TrainingMemory.Of(_model).Optimizer = null;
    }

    /// <summary>
    /// Gives the model the weights of the last completed step; where the training is given up between two epochs, the other ranks are told.
    /// </summary>
    public void Dispose()
    {
        _search?.Abandon();
        _step.Abandon();
        _layout.Unpack(_step.Measured, _model);
        _ranks.GiveUp();
    }

    private static GradientOptions GradientOptionsOf(TrainingPlan plan, ParameterLayout layout, Action<int> progress)
    {
        TrainingOptions options = plan.Options;
        MlpModel model = plan.Model;
        MlpDataset data = plan.Sets.Training.Data;
        return new GradientOptions
        {
            Dropout = options.Drops
                ? new Dropout([options.InputDropout, .. model.Layers.SkipLast(1).Select((_, i) => DropoutOf(options, i))])
                : null,
            Distortion = options.Augmentation.IsActive
                ? new ImageDistortion(options.Augmentation, data.ImageShape!.Value, layout.Kernel, plan.MostThreads)
                : null,
            LabelSmoothing = (float)options.LabelSmoothing,
            NormalizationMomentum = (float)options.NormalizationMomentum,
            ClassWeights = options.ClassWeight?.For(
                model.ClassNames, () => [.. model.ClassNames.Select(name => model.Output.ClassCountsOf(data).GetValueOrDefault(name))]),
            Progress = progress,
            Cancellation = plan.Cancellation,
        };
    }

    private static double DropoutOf(TrainingOptions options, int layer) => options.Dropout.Count switch
    {
        0 => 0,
        1 => options.Dropout[0],
        _ => options.Dropout[layer],
    };

    private double? Accuracy(BatchScore? score) => _model.Loss.IsRegression() ? null : score?.Accuracy;

    private static double? R2(BatchScore? score, SharedDataset? data) => score is { } all ? data!.Errors?.R2(all) : null;

    private static double? MeanDistance(BatchScore? score, SharedDataset? data) =>
        data?.Errors is null ? null : score?.MeanDistance;

    private MlpEpoch? TrainWholeEpoch()
    {
        if (_figures.Epoch == 0)
            MeasureStart();
        if (_ranks.IsStopped)
            return null;
        long started = Stopwatch.GetTimestamp();
        TimeSpan waitedBefore = _ranks.Waited;
        (SharedDataset data, SharedDataset? validationData, SharedDataset? testData) = _plan.Sets;
        BatchScore training = _epoch.Run();
        if (_ranks.IsStopped)
            return null;
        BatchScore? validation = validationData is null ? null : _step.Score(validationData);
        BatchScore? test = testData is null || _ranks.IsStopped ? null : _step.Score(testData);
        _layout.Unpack(_step.Measured, _model);
        if (!_ranks.IsStopped)
            _ranks.CheckSame(_model, _figures.EpochOfModel);
        if (_ranks.IsStopped)
            return null;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        _figures.Lost(training);
        var result = new MlpEpoch(
            _figures.EpochOfModel,
            _figures.MeanLoss,
            Accuracy(training),
            validation?.MeanLoss,
            Accuracy(validation),
            test?.MeanLoss,
            Accuracy(test),
            _figures.LearningRate,
            _figures.MeanGradientNorm,
            IsBest: false,
            elapsed,
            data.Count / elapsed.TotalSeconds,
            _run)
        {
            TrainingR2 = R2(training, data),
            TrainingMae = MeanDistance(training, data),
            ValidationR2 = R2(validation, validationData),
            ValidationMae = MeanDistance(validation, validationData),
            TestR2 = R2(test, testData),
            TestMae = MeanDistance(test, testData),
            CommunicationTime = _ranks.Waited - waitedBefore,
        };
        return Finish(result);
    }

    /// <summary>Counts the weights at the start as the best so far, where they have been learned and epochs are measured alike.</summary>
    private void MeasureStart()
    {
        if (_best is null || _run.InitialSeed is not null)
            return;
        SharedDataset? data = _options.EffectiveMonitor switch
        {
            MlpMetric.TrainingLoss or MlpMetric.TrainingAccuracy => _options.EvaluateTraining || !_options.MinimizesOther
                ? _plan.Sets.Training
                : null,
            MlpMetric.ValidationLoss or MlpMetric.ValidationAccuracy => _plan.Sets.Validation,
            MlpMetric.TestLoss or MlpMetric.TestAccuracy => _plan.Sets.Test,
        };
        if (data is null)
            return;
        BatchScore start = _step.Score(data);
        if (_ranks.IsStopped)
            return;
        _stopping.Begin(start);
        _step.Measured.CopyTo(_best);
    }

    /// <summary>Takes an epoch into account that is complete.</summary>
    private MlpEpoch Finish(MlpEpoch result)
    {
        result = result with { IsBest = _stopping.Observe(result) };
        if (result.IsBest && _best is not null)
            _step.Measured.CopyTo(_best);
        _schedule.Observe(result.ValidationLoss ?? result.TrainingLoss);
        TrainingMemory.Record(_model, result);
        bool isOver = _figures.Epoch == _options.Epochs || IsTimeToStop;
        bool isDue = isOver || _figures.Epoch % _options.CheckpointEvery == 0;
        if (_ranks.IsFirst && isDue && _options.CheckpointPath is { } path)
            CheckpointFile.Write(path, _model, State(), _layout, Remembered(), isOver && _best is not null);
        return result;
    }

    private void Report(int samples)
    {
        if (!_ranks.IsFirst || _plan.Progress is not { } progress)
            return;
        long all = _plan.Sets.Training.Count;
        long done = Math.Min(_figures.Samples + ((long)samples * _run.Ranks), all);
        progress(new TrainingProgress(_figures.Epoch, _options.Epochs, _figures.Steps, _stepsPerEpoch, done, all, _figures.MeanLoss));
    }
}
