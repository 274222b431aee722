using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Distribution;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>Trains a model.</summary>
public static class MlpTrainer
{
    private static readonly HashSet<MlpModel> _inTraining = [];

    /// <summary>
    /// Trains a model, an epoch for each element that is asked for. The model has the weights of the last completed step whenever the
    /// enumeration pauses or ends, however it ends, and its history every completed epoch. Where the best weights are asked for, the model
    /// gets these when all epochs are done or the patience is at its end. With other ranks, each calls this and gets the epochs; what fails
    /// on one fails on all.
    /// </summary>
    /// <param name="model">The model; its weights change.</param>
    /// <param name="data">The training set, with labels.</param>
    /// <param name="test">A set to measure after each epoch, or null.</param>
    /// <param name="options">How to train.</param>
    /// <param name="progress">Called on the enumerating thread several times an epoch, or null.</param>
    /// <param name="onStep">Called on the enumerating thread after each step; returns whether to go on. Null for no call.</param>
    /// <param name="cancellation">Stops the training between two slices of at most 128 samples.</param>
    /// <exception cref="MlpException">
    /// An option is outside its range, a data set does not fit the model, or the training diverged; then the model keeps the last weights
    /// that gave a finite loss.
    /// </exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public static IEnumerable<MlpEpoch> Train(
        MlpModel model,
        MlpDataset data,
        MlpDataset? test,
        TrainingOptions options,
        Action<TrainingProgress>? progress = null,
        Func<MlpStep, bool>? onStep = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Ranks is not null)
            return TrainTogether(model, data, test, options, progress, onStep, cancellation);
        (MlpDataset training, MlpDataset? validation) = Check(model, data, ref test, options);
        SharedDataset Shared(MlpDataset set, EncodingPurpose purpose) =>
            new(set, model.Output, part => model.Ends.Encode(part, purpose, options.Notes));
        var sets = new TrainingSets(
            Shared(training, EncodingPurpose.Training),
            validation is null ? null : Shared(validation, EncodingPurpose.Measuring),
            test is null ? null : Shared(test, EncodingPurpose.Measuring));
        return Run(new TrainingPlan(model, sets, options, progress, onStep, cancellation));
    }

    /// <summary>Checks that a training can be made of its parts, and leaves them as they are.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The training set, with labels.</param>
    /// <param name="test">A set to measure after each epoch, or null.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="MlpException">An option is outside its range, or a data set does not fit the model.</exception>
    public static void Check(MlpModel model, MlpDataset data, MlpDataset? test, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        (InputEncoder, OutputHead) before = (model.Input, model.Output);
        _ = Check(model, data, ref test, options with { Notes = null });
        (model.Input, model.Output) = before;
    }

    private static IEnumerable<MlpEpoch> TrainTogether(
        MlpModel model,
        MlpDataset data,
        MlpDataset? test,
        TrainingOptions options,
        Action<TrainingProgress>? progress,
        Func<MlpStep, bool>? onStep,
        CancellationToken cancellation)
    {
        Communicator ranks = options.Ranks!;
        ranks.Claim(cancellation);
        try
        {
            ranks.Meet(default);

            // What decides the sharing and the drawing of samples is rank 0's, before either begins.
            byte[] first = ranks.Broadcast([.. BitConverter.GetBytes(options.Seed), (byte)(options.Sharded ? 1 : 0)]);
            options = options with { Seed = BitConverter.ToInt32(first), Sharded = first[^1] != 0 };
            (data, MlpDataset? validation) = ranks.Together(() => Check(model, data, ref test, options));
            SharedDataset? Share(MlpDataset? set, EncodingPurpose purpose, string what) =>
                SharedDataset.Share(
                    set, model.Output, part => model.Ends.Encode(part, purpose, options.Notes), ranks, what, options.Sharded);
            var sets = new TrainingSets(
                Share(data, EncodingPurpose.Training, "training data")!,
                Share(validation, EncodingPurpose.Measuring, "validation data"),
                Share(test, EncodingPurpose.Measuring, "test data"));
            foreach (MlpEpoch epoch in Run(new TrainingPlan(model, sets, options, progress, onStep, cancellation)))
                yield return epoch;
        }
        finally
        {
            ranks.Release();
        }
    }

    /// <summary>Checks that a training can be made of its parts, and sets aside what is to validate it.</summary>
    private static (MlpDataset Training, MlpDataset? Validation) Check(
        MlpModel model, MlpDataset data, ref MlpDataset? test, TrainingOptions options)
    {
        options.Validate();
        (InputEncoder, OutputHead) before = (model.Input, model.Output);
        model.Adopt(data);
        try
        {
            return CheckParts(model, data, ref test, options);
        }
        catch (MlpException)
        {
            // What was refused has taught the model nothing, and no names either.
            (model.Input, model.Output) = before;
            throw;
        }
    }

    /// <summary>What the training that a checkpoint is of was told of its end; null where there is no checkpoint.</summary>
    /// <param name="checkpointPath">The checkpoint.</param>
    /// <exception cref="MlpException">The file is damaged, or no checkpoint.</exception>
    public static CheckpointEnd? EndOf(string checkpointPath) =>
        File.Exists(checkpointPath) ? CheckpointEnd.Of(CheckpointFile.ReadState(checkpointPath).Run) : null;

    private static (MlpDataset Training, MlpDataset? Validation) CheckParts(
        MlpModel model, MlpDataset data, ref MlpDataset? test, TrainingOptions options)
    {
        data = Ready(model, data, EncodingPurpose.Training, options);
        if (test is not null)
        {
            test = Ready(model, test, EncodingPurpose.Measuring, options);
        }
        else if (options.EffectiveMonitor is MlpMetric.TestLoss or MlpMetric.TestAccuracy)
        {
            throw new MlpException(
                "MonitorMissing", MlpErrorKind.InvalidArgument, $"There is no {options.EffectiveMonitor} to monitor without test data.");
        }

        int hidden = model.Layers.Count - 1;
        if (options.Dropout.Count > 1 && options.Dropout.Count != hidden)
        {
            throw new MlpException(
                "DropoutCountMismatch",
                MlpErrorKind.Mismatch,
                $"There are {options.Dropout.Count} dropout rates for {Listing.Count(hidden, "hidden layer")}; give one for all of "
                + $"them or one for each.");
        }

        CheckLoss(model, data, options);
        if (options.Augmentation.IsActive && data.ImageShape is null)
        {
            throw new MlpException(
                "NoImages",
                MlpErrorKind.Mismatch,
                $"{data.Name} has no images to distort: its features are no pixels of a known height and width.");
        }

        if (options.Sharded && ReferenceEquals(options.ClassWeight, ClassWeights.Balanced))
        {
            throw new MlpException(
                "NotInMemory",
                MlpErrorKind.InvalidArgument,
                "The classes of a data set in shards can't be balanced by any one of them: give class weights by number.");
        }

        if (data.IsStreamed && options.BatchSize is null)
        {
            MlpMessage advice = $"train it in mini-batches{Hint.With(nameof(options.BatchSize))}";
            if (options.Optimizer.Kind.Definition().SearchesLines)
                advice = $"{options.Optimizer.Kind} needs it whole, so choose another optimizer{Hint.With(nameof(options.Optimizer))}";
            throw new MlpException(
                "NotInMemory",
                MlpErrorKind.InvalidArgument,
                $"The data set {data.Name} is streamed from its file: {advice}.");
        }

        if (data.IsStreamed && options.ValidationFraction is not null)
        {
            throw new MlpException(
                "NotInMemory",
                MlpErrorKind.InvalidArgument,
                $"The data set {data.Name} is streamed from its file, and no part of it can be set aside: give validation data of their "
                + $"own{Hint.With(nameof(options.ValidationData))}.");
        }

        MlpDataset? validation = options.ValidationData;
        if (options.ValidationFraction is { } fraction)
        {
            (data, validation) = ValidationSplit.Split(data, fraction, options.Seed);
            data.CheckWeights();
            validation.CheckWeights();
        }

        if (options.ValidationData is not null)
            validation = Ready(model, options.ValidationData, EncodingPurpose.Measuring, options);
        int samples = Math.Min(options.BatchSize ?? int.MaxValue, options.Sharded ? int.MaxValue : data.Count);
        if (model.HasBatchNormalization && samples < TrainingPlan.LeastNormalized * (options.Ranks?.Count ?? 1))
            throw LayerNormalizer.TooFewSamples(samples);
        if (options.Ranks is null or { Rank: 0 })
            CheckCheckpoint(options);
        return (data, validation);
    }

    /// <summary>The samples of a data set that the model can take, once it is clear that they meet it.</summary>
    private static MlpDataset Ready(MlpModel model, MlpDataset data, EncodingPurpose purpose, TrainingOptions options)
    {
        model.Ends.CheckMeets(data, purpose);
        return model.Ends.WithoutGaps(data, purpose, options.Notes, out _);
    }

    private static IEnumerable<MlpEpoch> Run(TrainingPlan plan)
    {
        Claim(plan.Model);
        try
        {
            using CheckpointClaim? claim = CheckpointClaim.Take(plan.Options);
            using IDisposable processors = ProcessorShare.OfProcess.Take();
            TrainingOptions options = plan.Options;
            using TrainingRun run = Begin(plan);
            run.BeginTogether();
            bool isWatched = false;
            try
            {
                while (run.EpochsDone < options.Epochs && !run.IsTimeToStop)
                {
                    MlpEpoch? epoch = run.TrainEpoch();
                    isWatched = true;
                    if (epoch is null)
                        yield break;
                    yield return epoch;
                    isWatched = false;
                }

                run.EndTogether();
                isWatched = true;
            }
            finally
            {
                // Also where who watches has seen enough, but not where something failed.
                if (isWatched)
                    run.RestoreBest();
            }
        }
        finally
        {
            lock (_inTraining)
                _inTraining.Remove(plan.Model);
        }
    }

    /// <summary>Begins a training on every rank, or on none.</summary>
    private static TrainingRun Begin(TrainingPlan plan) =>
        plan.Options.Ranks is { } ranks ? ranks.Together(() => TrainingRun.Begin(plan)) : TrainingRun.Begin(plan);

    private static void CheckLoss(MlpModel model, MlpDataset data, TrainingOptions options)
    {
        LossKind loss = model.Loss;
        if (loss.IsRegression() && options.LabelSmoothing > 0)
        {
            throw new MlpException(
                "NotAClassifier", MlpErrorKind.Mismatch, $"The model predicts numbers by {loss}, and only labels can be smoothed.");
        }

        if (loss.Function() == OutputFunction.Ordinal && options.LabelSmoothing > 0)
        {
            throw new MlpException(
                "SmoothedOrder",
                MlpErrorKind.InvalidArgument,
                $"The model's loss is {loss}, for classes with an order, and smoothed labels would lie in near and far ones alike.");
        }

        if (loss.Definition().IsFocal && options.LabelSmoothing > 0)
        {
            throw new MlpException(
                "SmoothedFocus",
                MlpErrorKind.InvalidArgument,
                $"The model's loss is {loss}, which turns to what is not yet right, and smoothed labels never are; give one of them.");
        }

        if (loss.IsRegression() && options.EffectiveMonitor.IsAccuracy())
        {
            throw new MlpException(
                "MonitorMissing",
                MlpErrorKind.InvalidArgument,
                $"There is no {options.EffectiveMonitor} to monitor where the model predicts numbers by {loss}.");
        }

        if (options.ClassWeight is not null && (!data.HasLabels || model.Output.IsOneLabel))
        {
            throw new MlpException(
                "LabelsMissing",
                MlpErrorKind.InvalidArgument,
                $"The data set {data.Name} has no class labels that class weights could be for; give each sample a weight instead.");
        }
    }

    private static void CheckCheckpoint(TrainingOptions options)
    {
        if (options.CheckpointPath is not { } path)
            return;
        bool isOther = ModelFile.IsOther(path, ModelFormat.Safetensors);
        if (isOther || DatasetFormats.IsNamed(path))
        {
            string named = isOther ? $"a file of the format {ModelFile.FormatOf(path)}" : "a file of samples";
            throw new MlpException(
                "CheckpointFormat",
                MlpErrorKind.InvalidArgument,
                $"{path} names {named}, and a checkpoint is one of {ModelFormat.Safetensors}: name it "
                + $"{Path.ChangeExtension(Path.GetFileName(path), ".safetensors")}.");
        }

        if (File.Exists(path) && !options.Resume && !options.ReplaceCheckpoint)
        {
            throw new MlpException(
                "CheckpointExists",
                MlpErrorKind.Exists,
                $"{path} is there already: go on from it{Hint.With(nameof(TrainingOptions.Resume))}, or replace "
                + $"it{Hint.With(nameof(TrainingOptions.ReplaceCheckpoint))}.");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new MlpException("FolderNotFound", MlpErrorKind.NotFound, $"There is no folder {folder} for the checkpoint.");
        AtomicFile.CheckWritable(path);
    }

    private static void Claim(MlpModel model)
    {
        lock (_inTraining)
        {
            if (!_inTraining.Add(model))
            {
                throw new MlpException(
                    "ModelInTraining",
                    MlpErrorKind.InvalidArgument,
                    "The model is being trained already; wait until that training ends, or train a model of its own.");
            }
        }
    }
}
