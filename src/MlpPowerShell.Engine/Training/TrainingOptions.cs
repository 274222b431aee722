using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Distribution;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>How to train.</summary>
public sealed record TrainingOptions
{
    /// <summary>Epochs to train for, at least 1.</summary>
    [Within("The number of epochs", 1)]
    public required int Epochs { get; init; }

    /// <summary>The learning rate, a positive finite number: the highest of the schedule.</summary>
    [Within("The learning rate", 0, Above = true)]
    public required double LearningRate { get; init; }

    /// <summary>How the learning rate changes.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>Samples of a mini-batch, or null for all of them.</summary>
    [Within("The batch size", 1)]
    public int? BatchSize { get; init; }

    /// <summary>What turns gradients into steps.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>Whether mini-batches are taken in the order of the data, the same each epoch, instead of a new one.</summary>
    public bool NoShuffle { get; init; }

    /// <summary>Determines the orders.</summary>
    public int Seed { get; init; }

    /// <summary>Whether mini-batch training measures the whole training set after each epoch, instead of the running mean.</summary>
    public bool EvaluateTraining { get; init; }

    /// <summary>
    /// The part of each hidden layer's outputs that is dropped in training, from 0 to below 1: none, one for all layers, or one for each.
    /// </summary>
    [Within("A dropout rate", 0, 1, Below = true)]
    public IReadOnlyList<double> Dropout { get; init; } = [];

    /// <summary>The part of the features that is dropped in training, from 0 to below 1.</summary>
    [Within("The dropout rate of the features", 0, 1, Below = true)]
    public double InputDropout { get; init; }

    /// <summary>
    /// The largest norm of the weights into one hidden unit, above 0; longer ones are shortened to it after each step. Null for no limit.
    /// </summary>
    [Within("The largest norm of a unit's weights", 0, Above = true)]
    public double? MaxNorm { get; init; }

    /// <summary>Whether weights that are zero at the start stay so, as in a network that was pruned.</summary>
    public bool KeepZeros { get; init; }

    /// <summary>
    /// How much of the average of the weights is kept at each step, from 0 to below 1: the model gets this exponential moving average of
    /// all steps. 0 for no average of steps.
    /// </summary>
    [Within("The decay of the weights' average", 0, 1, Below = true)]
    public double AverageDecay { get; init; }

    /// <summary>
    /// The epoch, at least 1, from whose end on the weights are averaged over the ends of epochs, all alike (stochastic weight averaging):
    /// the model gets this average. Null for no average of epochs.
    /// </summary>
    [Within("The first epoch that is averaged", 1)]
    public int? AverageFrom { get; init; }

    /// <summary>The part of each label that training spreads evenly over all classes, from 0 to below 1.</summary>
    [Within("The label smoothing", 0, 1, Below = true)]
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// How much of each batch's mean and variance the running ones of batch normalization take on, above 0 and at most 1.
    /// </summary>
    [Within("The momentum of batch normalization", 0, 1, Above = true)]
    public double NormalizationMomentum { get; init; } = BatchNormalization.DefaultMomentum;

    /// <summary>How training images are distorted at random.</summary>
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>How much a sample of each class counts in training; null where all count alike.</summary>
    public ClassWeights? ClassWeight { get; init; }

    /// <summary>A set to measure after each epoch, to choose by; null without one.</summary>
    public MlpDataset? ValidationData { get; init; }

    /// <summary>
    /// The part of the training set to validate with instead of training with it, above 0 and below 1, drawn from the seed; null for none.
    /// </summary>
    [Within("The validation fraction", 0, 1, Above = true, Below = true)]
    public double? ValidationFraction { get; init; }

    /// <summary>What tells the best epoch; null for the validation loss, or the training loss without validation.</summary>
    public MlpMetric? Monitor { get; init; }

    /// <summary>Epochs without improvement after which the training stops, at least 1; null to train all epochs.</summary>
    [Within("The patience", 1, Unit = "epochs", Otherwise = ", or left out to train all epochs")]
    public int? Patience { get; init; }

    /// <summary>How much better an epoch must be to count as an improvement, at least 0.</summary>
    [Within("The smallest improvement", 0)]
    public double MinImprovement { get; init; }

    /// <summary>
    /// Whether the model ends with the weights of its best epoch, or those it began with where these were learned before and no epoch
    /// was better; null for where there is a patience.
    /// </summary>
    public bool? RestoreBest { get; init; }

    /// <summary>The run's name; null for one made of architecture, optimizer, learning rate and batch size.</summary>
    public string? Name { get; init; }

    /// <summary>A file that takes the state of the training, so that it can go on after an interruption; null for none.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Epochs between two checkpoints, at least 1; the last epoch always has one.</summary>
    [Within("The time between two checkpoints", 1, Unit = "epochs")]
    public int CheckpointEvery { get; init; } = 1;

    /// <summary>Whether to go on from the checkpoint if it is there; the model takes on its weights.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether to start anew where a checkpoint is there, and to replace it.</summary>
    public bool ReplaceCheckpoint { get; init; }

    /// <summary>Takes what the model meets in the data that it was not fitted to; null where nobody asks.</summary>
    public EncodingNotes? Notes { get; init; }

    /// <summary>
    /// The threads to use, from 1 to 1024; null for as many as there are processors, shared with other processes that train.
    /// </summary>
    [Within("The number of threads", 1, 1024)]
    public int? ThreadCount { get; init; }

    /// <summary>The processes to train with, each of which calls the training with the same options; null to train alone.</summary>
    public Communicator? Ranks { get; init; }

    /// <summary>Whether the training set is another one on each rank: its part of the samples.</summary>
    public bool Sharded { get; init; }

    /// <summary>What tells the best epoch.</summary>
    public MlpMetric EffectiveMonitor => Monitor ?? (Validates ? MlpMetric.ValidationLoss : MlpMetric.TrainingLoss);

    /// <summary>Whether the best weights are kept, for the model to end with.</summary>
    public bool KeepsBest => RestoreBest ?? Patience is not null;

    /// <summary>Whether the schedule Plateau waits for what early stopping waits for.</summary>
    internal bool PlateauWatchesTheSame =>
        EffectiveMonitor == (Validates ? MlpMetric.ValidationLoss : MlpMetric.TrainingLoss);

    /// <summary>Whether values are dropped in training.</summary>
    internal bool Drops => InputDropout > 0 || Dropout.Any(rate => rate > 0);

    /// <summary>Whether training minimizes something else than the mean cross-entropy of the network on its labels.</summary>
    internal bool MinimizesOther => Drops || Augmentation.IsActive || LabelSmoothing > 0 || ClassWeight is not null;

    /// <summary>Whether the model gets an average of the weights.</summary>
    internal bool Averages => AverageDecay > 0 || AverageFrom is not null;

    private bool Validates => ValidationData is not null || ValidationFraction is not null;

    /// <summary>How many samples of a training set the validation fraction leaves to train on, to within what rounding does.</summary>
    /// <param name="count">Samples of the training set.</param>
    public int SamplesToTrainOn(int count) => count - (int)Math.Round(count * (ValidationFraction ?? 0));

    /// <summary>The options that were asked for and change nothing about the weights of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">How many samples it is trained with.</param>
    /// <param name="isGiven">Which options somebody gave, be it with their defaults; null for those that differ from them.</param>
    public IEnumerable<UnusedOption> Unused(MlpModel model, int samples, Func<string, bool>? isGiven = null) =>
    [
        .. OptionUse.Inert(this, model, isGiven), .. OptionUse.OnlyMarking(this), .. OptionUse.Missing(this, model, samples),
    ];

    /// <summary>The options that decide what becomes of a model, by name: those that differ from their defaults and act.</summary>
    public IReadOnlyDictionary<string, string> Acting(MlpModel model) => OptionTable.Of(OptionUse.InEffect(this, model), model);

    /// <summary>The same with those that would act in a training of more epochs, which it can become.</summary>
    internal IReadOnlyDictionary<string, string> Identity(MlpModel model) => OptionTable.Of(this, model);

    /// <summary>Checks every option.</summary>
    /// <exception cref="MlpException">One is outside its range.</exception>
    public void Validate()
    {
        Schedule.Validate(LearningRate, Epochs);
        OptionCheck.Ranges(this);
        Optimizer.Validate();
        Augmentation.Validate();
        if (ValidationData is not null && ValidationFraction is not null)
            throw OptionCheck.Invalid("ValidationTwice", "There are both validation data and a validation fraction; give one of them.");
        if (Monitor is MlpMetric.ValidationLoss or MlpMetric.ValidationAccuracy && !Validates)
        {
            throw OptionCheck.Invalid(
                "MonitorMissing", $"There is no {Monitor} to monitor without validation data or a validation fraction.");
        }

        if (AverageDecay > 0 && AverageFrom is not null)
        {
            throw OptionCheck.Invalid(
                "AveragedTwice",
                "The weights are averaged over steps, later ones the more, or over the ends of epochs, all alike; choose one of the two.");
        }

        if (Resume && CheckpointPath is null)
            throw OptionCheck.Invalid("CheckpointPathMissing", "There is nothing to resume from without the path of a checkpoint.");
        if (Resume && ReplaceCheckpoint)
        {
            throw OptionCheck.Invalid(
                "ResumedAndReplaced", "A checkpoint can't be both resumed from and replaced; choose one of the two.");
        }

        if (Optimizer.Kind.Definition().SearchesLines)
            CheckSearches();
        if (Sharded && Ranks is null)
            throw OptionCheck.Invalid("NotDistributed", "Only a distributed training has data sets in shards.");
    }

    /// <summary>Checks that the loss, along which lines are searched, is the same from one look at it to the next, and smooth.</summary>
    private void CheckSearches()
    {
        const string Batches = "mini-batches differ from step to step", Masks = "what is dropped differs from step to step",
            Distortions = "distortions differ from step to step", Clipped = "clipped slopes are not its own",
            Averaged = "each of its steps leads lower, without noise for an average to take out";
        (string Option, bool IsGiven, string Effect)[] table =
        [
            (nameof(BatchSize), BatchSize is not null, Batches),
            (nameof(Dropout), Dropout.Any(rate => rate > 0), Masks),
            (nameof(InputDropout), InputDropout > 0, Masks),
            (nameof(Augmentation.RandomShift), Augmentation.RandomShift > 0, Distortions),
            (nameof(Augmentation.RandomRotation), Augmentation.RandomRotation > 0, Distortions),
            (nameof(Augmentation.RandomScale), Augmentation.RandomScale > 0, Distortions),
            (nameof(Augmentation.RandomShear), Augmentation.RandomShear > 0, Distortions),
            (nameof(Augmentation.ElasticAlpha), Augmentation.ElasticAlpha > 0, Distortions),
            (nameof(Optimizer.L1), Optimizer.L1 > 0, "L1 has a kink where weights are 0"),
            (nameof(Optimizer.ClipNorm), Optimizer.ClipNorm is not null, Clipped),
            (nameof(Optimizer.ClipValue), Optimizer.ClipValue is not null, Clipped),
            (nameof(MaxNorm), MaxNorm is not null, "a limit of norms ends it abruptly"),
            (nameof(AverageDecay), AverageDecay > 0, Averaged),
            (nameof(AverageFrom), AverageFrom is not null, Averaged),
        ];
        foreach ((string option, _, string effect) in table.Where(row => row.IsGiven))
        {
            throw OptionCheck.Invalid(
                "NotForLineSearch",
                $"{Optimizer.Kind} searches along one smooth loss of all samples, and {effect}: train{Hint.Without(option)}, or choose "
                + $"another optimizer{Hint.With(nameof(Optimizer))}.");
        }
    }
}
