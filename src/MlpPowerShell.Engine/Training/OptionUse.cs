using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>Which options of a training need which others, said once: for warnings, and for what is recorded of a run.</summary>
internal static class OptionUse
{
    /// <summary>The options that were asked for and change nothing about the training or what it reports.</summary>
    public static IEnumerable<UnusedOption> Inert(TrainingOptions options, MlpModel model, Func<string, bool>? isGiven = null)
    {
        bool IsAsked(string option, object value, object plain) => UnusedOption.IsAsked(option, value, plain, isGiven);
        AugmentationOptions images = options.Augmentation;
        bool isFullBatch = options.BatchSize is null;
        MlpMessage batches = $"it needs mini-batches, and each step takes all samples";
        MlpMessage checkpoint = $"it needs a checkpoint{Hint.With(nameof(TrainingOptions.CheckpointPath))}";
        bool searches = options.Optimizer.Kind.Definition().SearchesLines;
        MlpMessage steps = $"{options.Optimizer.Kind} searches for the length of each step";
        (string Option, bool IsUnused, MlpMessage Needs)[] table =
        [
            (nameof(options.Schedule), searches && options.Schedule.Kind != ScheduleKind.Constant, steps),
            (nameof(options.Schedule.WarmupEpochs), searches && options.Schedule.WarmupEpochs > 0, steps),
            (nameof(options.NoShuffle), options.NoShuffle && isFullBatch, batches),
            (nameof(options.EvaluateTraining), options.EvaluateTraining && isFullBatch, batches),
            (nameof(options.Dropout), options.Dropout.Any(rate => rate > 0) && model.Layers.Count == 1, "it needs a hidden layer"),
            (nameof(options.MaxNorm), options.MaxNorm is not null && model.Layers.Count == 1, "it needs a hidden layer"),
            (nameof(options.NormalizationMomentum),
                IsAsked(nameof(options.NormalizationMomentum), options.NormalizationMomentum, BatchNormalization.DefaultMomentum)
                    && !model.HasBatchNormalization,
                "it needs a model with batch normalization"),
            (nameof(images.ElasticSigma),
                IsAsked(nameof(images.ElasticSigma), images.ElasticSigma, new AugmentationOptions().ElasticSigma)
                    && images.ElasticAlpha == 0,
                $"it needs elastic distortions{Hint.With(nameof(images.ElasticAlpha))}"),
            (nameof(options.CheckpointEvery),
                IsAsked(nameof(options.CheckpointEvery), options.CheckpointEvery, 1) && options.CheckpointPath is null,
                checkpoint),
            (nameof(options.ReplaceCheckpoint), options.ReplaceCheckpoint && options.CheckpointPath is null, checkpoint),
        ];
        return table.Where(row => row.IsUnused)
            .Select(row => new UnusedOption(row.Option, row.Needs))
            .Concat(options.Optimizer.Unused)
            .Concat(options.Schedule.Unused(isGiven));
    }

    /// <summary>
    /// The options that come too late in a training of so few epochs, ask for more samples than there are, or find nothing in the model to
    /// act on.
    /// </summary>
    public static IEnumerable<UnusedOption> Missing(TrainingOptions options, MlpModel model, int samples)
    {
        if (options.Ranks is null && options.BatchSize > samples)
        {
            yield return new UnusedOption(nameof(options.BatchSize), $"there are {samples}, and each epoch is one step")
            {
                Effect = "takes all samples at once",
            };
        }

        // A schedule that comes to nothing is in the place of the one that would be chosen without it, and so not without effect.
        ScheduleOptions schedule = options.Schedule;
        static UnusedOption Idle(MlpMessage why) => new(nameof(options.Schedule), why) { Effect = "leaves the learning rate as it is" };
        if (schedule.Kind == ScheduleKind.Step && !Decays(schedule, options.Epochs))
        {
            yield return Idle($"it comes to no decay: the first would be after {FirstDecay(schedule)} "
                + $"epochs{Hint.With(nameof(schedule.DecayEvery))}, and there are {options.Epochs}");
        }

        long steps = options.Epochs * (long)Math.Ceiling(samples / (double)(options.BatchSize ?? samples));
        if (schedule.Kind == ScheduleKind.Cosine && schedule.Restarts >= steps - 1 && schedule.Restarts > 0)
        {
            yield return new UnusedOption(
                nameof(schedule.Restarts), $"there are {steps} steps, and the rate starts again before it has come down")
            {
                Effect = "leaves no cosine",
            };
        }

        if (schedule.Kind == ScheduleKind.Plateau && !Decays(schedule, options.Epochs))
        {
            yield return Idle($"it waits for more than {schedule.PlateauPatience} epochs without "
                + $"improvement{Hint.With(nameof(schedule.PlateauPatience))}, and there are {options.Epochs} epochs");
        }

        if (schedule.Kind == ScheduleKind.Plateau && options.Patience <= schedule.PlateauPatience && options.PlateauWatchesTheSame)
        {
            yield return Idle($"the training ends after {options.Patience} epochs without improvement"
                + $"{Hint.With(nameof(options.Patience))}, and it "
                + $"waits for more than {schedule.PlateauPatience}{Hint.With(nameof(schedule.PlateauPatience))}");
        }

        if (options.Patience >= options.Epochs)
        {
            yield return new UnusedOption(
                nameof(options.Patience),
                $"{options.Epochs} epochs are over before {options.Patience} go by without improvement")
            {
                Effect = "ends nothing early",
            };
        }

        if (options.AverageFrom >= options.Epochs)
        {
            yield return new UnusedOption(
                nameof(options.AverageFrom),
                $"it averages the ends of epochs from {options.AverageFrom} on, and there are {options.Epochs}");
        }

        if (options.KeepZeros && !HasZeros(model))
            yield return new UnusedOption(nameof(options.KeepZeros), $"it needs weights that are zero, as pruning leaves them");
    }

    /// <summary>
    /// The options with the weight decay that the optimizer has by itself, and without those that come too late in a training of so few
    /// epochs, or find nothing to act on.
    /// </summary>
    public static TrainingOptions InEffect(TrainingOptions options, MlpModel model) => options with
    {
        Schedule = Decays(options.Schedule, options.Epochs)
            ? options.Schedule
            : new ScheduleOptions { WarmupEpochs = options.Schedule.WarmupEpochs },
        Optimizer = options.Optimizer with
        {
            WeightDecay = options.Optimizer.WeightDecay
                ?? (options.Optimizer.Kind.Definition().WeightDecay is > 0 and var decay ? decay : null),
        },
        AverageFrom = options.AverageFrom < options.Epochs ? options.AverageFrom : null,
        KeepZeros = options.KeepZeros && HasZeros(model),
    };

    /// <summary>Whether a schedule can lower the rate within some epochs.</summary>
    private static bool Decays(ScheduleOptions schedule, int epochs) => FirstDecay(schedule) < epochs;

    private static double FirstDecay(ScheduleOptions schedule) => schedule.Kind.Definition().FirstDecay(schedule);

    private static bool HasZeros(MlpModel model) => model.Layers.Any(layer => layer.WeightStorage.Contains(0f));

    /// <summary>The options that only decide which epoch is marked as the best where no weights are kept of it.</summary>
    public static IEnumerable<UnusedOption> OnlyMarking(TrainingOptions options)
    {
        if (options.KeepsBest)
            yield break;
        UnusedOption Marking(string option) => new(
            option,
            $"nothing stops early{Hint.With(nameof(options.Patience))} or keeps the best weights{Hint.With(nameof(options.RestoreBest))}")
        {
            Effect = "only marks the best epoch",
        };
        if (options.MinImprovement > 0)
            yield return Marking(nameof(options.MinImprovement));
        if (options.Monitor is not null)
            yield return Marking(nameof(options.Monitor));
    }
}
