using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>
/// The options of a training as parameters, which are written straight through to the engine's; what is not given and has to be something
/// is chosen by the engine too.
/// </summary>
public abstract class TrainingCmdlet : ScheduledCmdlet
{
    private TrainingOptions _options = new() { Epochs = 0, LearningRate = 0 };
    private OptimizerOptions _optimizer = new();
    private AugmentationOptions _augmentation = new();

    /// <summary>
    /// Epochs to train for; without it <see cref="TrainingDefaults.CycleEpochs"/> where the rate changes over all of them, as it does where
    /// nothing is said, or else as many as bring an improvement, <see cref="TrainingDefaults.MostEpochs"/> at most.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public int? Epochs { get; set; }

    /// <summary>The learning rate, the highest of the schedule; without it what suits the optimizer.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public double? LearningRate { get; set; }

    /// <summary>Samples of a mini-batch; without it a number that suits the training set.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public int? BatchSize { get => _options.BatchSize; set => _options = _options with { BatchSize = value }; }

    /// <summary>Takes each step along the gradient of the whole training set.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<bool>(Empty = false)]
    public SwitchParameter FullBatch { get; set; }

    /// <summary>What turns gradients into steps; AdamW without it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<OptimizerKind>))]
    [Option<OptimizerOptions>(nameof(OptimizerOptions.Kind), IsChosen = true)]
    public Choice<OptimizerKind>? Optimizer { get; set; }

    /// <summary>The momentum of the optimizers Momentum and Nesterov, from 0 to below 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<OptimizerOptions>]
    public double? Momentum { get => _optimizer.Momentum; set => _optimizer = _optimizer with { Momentum = value }; }

    /// <summary>How much of its mean gradient an optimizer of Adam's kind keeps each step, from 0 to below 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<OptimizerOptions>]
    public double? Beta1 { get => _optimizer.Beta1; set => _optimizer = _optimizer with { Beta1 = value }; }

    /// <summary>
    /// How much of its mean squared gradient an optimizer of Adam's kind keeps each step, or Lion of its mean gradient, from 0 to below 1.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<OptimizerOptions>]
    public double? Beta2 { get => _optimizer.Beta2; set => _optimizer = _optimizer with { Beta2 = value }; }

    /// <summary>How much of its mean squared gradient RMSprop keeps each step, from 0 to below 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<OptimizerOptions>]
    public double? Alpha { get => _optimizer.Alpha; set => _optimizer = _optimizer with { Alpha = value }; }

    /// <summary>Keeps the denominators of the adaptive optimizers off zero.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<OptimizerOptions>]
    public double? Epsilon { get => _optimizer.Epsilon; set => _optimizer = _optimizer with { Epsilon = value }; }

    /// <summary>Weight decay: coupled (L2 regularization), or with AdamW decoupled.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<OptimizerOptions>]
    public double? WeightDecay { get => _optimizer.WeightDecay; set => _optimizer = _optimizer with { WeightDecay = value }; }

    /// <summary>L1 regularization.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<OptimizerOptions>]
    public double L1 { get => _optimizer.L1; set => _optimizer = _optimizer with { L1 = value }; }

    /// <summary>Has weight decay and L1 pull at biases, scales of batch normalization and slopes of PReLU too.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<bool>(Empty = false)]
    public SwitchParameter DecayBias { get => _optimizer.DecayBias; set => _optimizer = _optimizer with { DecayBias = value }; }

    /// <summary>The largest norm of the whole gradient.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<OptimizerOptions>]
    public double? ClipNorm { get => _optimizer.ClipNorm; set => _optimizer = _optimizer with { ClipNorm = value }; }

    /// <summary>The largest absolute value of each entry of the gradient.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<OptimizerOptions>]
    public double? ClipValue { get => _optimizer.ClipValue; set => _optimizer = _optimizer with { ClipValue = value }; }

    /// <summary>Takes the mini-batches in the order of the data, the same each epoch.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<bool>(Empty = false)]
    public SwitchParameter NoShuffle { get => _options.NoShuffle; set => _options = _options with { NoShuffle = value }; }

    /// <summary>Determines the order of the samples; without it, that differs each time.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<int>]
    public int? Seed { get; set; }

    /// <summary>Measures the whole training set after each epoch of mini-batches, instead of the running mean.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<bool>(Empty = false)]
    public SwitchParameter EvaluateTraining
    {
        get => _options.EvaluateTraining;
        set => _options = _options with { EvaluateTraining = value };
    }

    /// <summary>The part of the hidden layers' outputs that is dropped in training: one for all layers or one for each.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public double[] Dropout { get => [.. _options.Dropout]; set => _options = _options with { Dropout = value }; }

    /// <summary>The part of the features that is dropped in training.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public double InputDropout { get => _options.InputDropout; set => _options = _options with { InputDropout = value }; }

    /// <summary>The largest norm of the weights into one unit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public double? MaxNorm { get => _options.MaxNorm; set => _options = _options with { MaxNorm = value }; }

    /// <summary>Leaves weights at zero that are zero at the start, as in a network that Compress-MlpModel has pruned.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<bool>(Empty = false)]
    public SwitchParameter KeepZeros { get => _options.KeepZeros; set => _options = _options with { KeepZeros = value }; }

    /// <summary>How much of the weights' moving average, which the model gets, is kept at each step.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public double AverageDecay { get => _options.AverageDecay; set => _options = _options with { AverageDecay = value }; }

    /// <summary>The epoch from whose end on the weights are averaged over the ends of epochs; the model gets that average.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public int? AverageFrom { get => _options.AverageFrom; set => _options = _options with { AverageFrom = value }; }

    /// <summary>The part of each label that training spreads evenly over all classes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public double LabelSmoothing { get => _options.LabelSmoothing; set => _options = _options with { LabelSmoothing = value }; }

    /// <summary>How much of each batch's mean and variance the running ones of batch normalization take on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public double NormalizationMomentum
    {
        get => _options.NormalizationMomentum;
        set => _options = _options with { NormalizationMomentum = value };
    }

    /// <summary>The largest random shift of training images along each axis, in pixels.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<AugmentationOptions>]
    public double RandomShift { get => _augmentation.RandomShift; set => _augmentation = _augmentation with { RandomShift = value }; }

    /// <summary>The largest random rotation of training images, in degrees.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<AugmentationOptions>]
    public double RandomRotation
    {
        get => _augmentation.RandomRotation;
        set => _augmentation = _augmentation with { RandomRotation = value };
    }

    /// <summary>The largest part by which training images grow or shrink at random.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<AugmentationOptions>]
    public double RandomScale { get => _augmentation.RandomScale; set => _augmentation = _augmentation with { RandomScale = value }; }

    /// <summary>The largest random slant of training images, in degrees.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<AugmentationOptions>]
    public double RandomShear { get => _augmentation.RandomShear; set => _augmentation = _augmentation with { RandomShear = value }; }

    /// <summary>The strength of random elastic distortions of training images.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<AugmentationOptions>]
    public double ElasticAlpha { get => _augmentation.ElasticAlpha; set => _augmentation = _augmentation with { ElasticAlpha = value }; }

    /// <summary>How many pixels move together in elastic distortions.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<AugmentationOptions>]
    public double ElasticSigma { get => _augmentation.ElasticSigma; set => _augmentation = _augmentation with { ElasticSigma = value }; }

    /// <summary>How much a sample of each class counts in training: Balanced, or a hashtable of class and weight.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ClassWeightTransformation]
    [ArgumentCompleter(typeof(ClassWeightCompleter))]
    public ClassWeights? ClassWeight { get => _options.ClassWeight; set => _options = _options with { ClassWeight = value }; }

    /// <summary>A set to measure after each epoch, to choose by.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [Cell<MlpDataset>]
    public MlpDataset? ValidationData { get => _options.ValidationData; set => _options = _options with { ValidationData = value }; }

    /// <summary>The part of the training set to validate with instead of training with it; 0 for none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public double? ValidationFraction
    {
        get => _options.ValidationFraction;
        set => _options = _options with { ValidationFraction = value == 0 ? null : value };
    }

    /// <summary>What tells the best epoch; the validation loss, or the training loss without validation.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<MlpMetric>))]
    [Option<TrainingOptions>]
    public Choice<MlpMetric>? Monitor { get => _options.Monitor; set => _options = _options with { Monitor = value }; }

    /// <summary>Epochs without improvement after which the training stops, with the weights of its best epoch.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public int? Patience { get => _options.Patience; set => _options = _options with { Patience = value }; }

    /// <summary>How much better an epoch must be to count as an improvement.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public double MinImprovement { get => _options.MinImprovement; set => _options = _options with { MinImprovement = value }; }

    /// <summary>Ends with the weights of the best epoch, also without a patience; $false ends with the last ones, also with one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<bool>(Empty = false)]
    public SwitchParameter RestoreBest { get; set; }

    /// <summary>The run's name, which each of its epochs carries.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Run")]
    public string? Name
    {
        get => _options.Name;
        set => _options = _options with { Name = string.IsNullOrWhiteSpace(value) ? null : value };
    }

    /// <summary>A file that takes the state of the training, so that it can go on after an interruption.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CheckpointFileCompleter))]
    [FilePath]
    [Cell<string>]
    public string? CheckpointPath { get => _options.CheckpointPath; set => _options = _options with { CheckpointPath = value }; }

    /// <summary>Epochs between two checkpoints.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public int CheckpointEvery { get => _options.CheckpointEvery; set => _options = _options with { CheckpointEvery = value }; }

    /// <summary>Goes on from the checkpoint if it is there.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<bool>(Empty = false)]
    public SwitchParameter Resume { get => _options.Resume; set => _options = _options with { Resume = value }; }

    /// <summary>Starts anew where a checkpoint is there, and replaces it.</summary>
    [Parameter]
    public SwitchParameter Force { get => _options.ReplaceCheckpoint; set => _options = _options with { ReplaceCheckpoint = value }; }

    /// <summary>The threads to use; without it as many as there are processors, shared with other processes that train.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public int? ThreadCount { get => _options.ThreadCount; set => _options = _options with { ThreadCount = value }; }

    /// <summary>Takes the training set as this rank's part of the samples, of which each rank has others.</summary>
    [Parameter]
    public SwitchParameter Sharded { get => _options.Sharded; set => _options = _options with { Sharded = value }; }

    /// <summary>
    /// The options that the parameters describe; what nobody gave is chosen, and a seed drawn, or taken from what is resumed.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The training set.</param>
    /// <exception cref="MlpException">Two parameters contradict each other.</exception>
    protected TrainingOptions TrainingOptions(MlpModel model, MlpDataset data)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        if (FullBatch && BatchSize is not null)
        {
            throw new MlpException(
                "BatchSizeTwice",
                MlpErrorKind.InvalidArgument,
                $"-FullBatch takes all samples, and -BatchSize {BatchSize}; give one of them.");
        }

        OptimizerKind kind = Optimizer?.Value ?? (FullBatch ? TrainingDefaults.FullBatchOptimizer : TrainingDefaults.Optimizer);
        string? checkpoint = CheckpointPath is null ? null : ResolvePath(CheckpointPath);

        // What is resumed ends as it was to, where nothing else is said.
        CheckpointEnd? resumed = Resume && checkpoint is not null ? MlpTrainer.EndOf(checkpoint) : null;
        int? patience = Patience ?? resumed?.Patience;
        bool isCycle = !FullBatch
            && Optimizer is null
            && LearningRate is null
            && Schedule?.Value is null or ScheduleKind.OneCycle
            && patience is null;
        ScheduleOptions schedule = ScheduleOptions(isCycle ? ScheduleKind.OneCycle : ScheduleKind.Constant);

        // Ranks have parts of the data, and must agree on the size of their batches.
        int samples = Sharded ? int.MaxValue : _options.SamplesToTrainOn(data.Count);
        int? batchSize = FullBatch ? null : BatchSize ?? TrainingDefaults.BatchSize(samples, kind);
        bool validates = ValidationData is not null || ValidationFraction is not null;
        bool endsByItself = Epochs is null && patience is null && resumed is null;
        int? usualPatience = endsByItself ? TrainingDefaults.Patience(samples, batchSize, kind, schedule.Kind, validates) : null;
        bool stopsEarly = (usualPatience ?? patience) is not null;
        bool? restores = IsGiven(nameof(RestoreBest)) ? RestoreBest.IsPresent
            : resumed?.RestoreBest ?? (Epochs is null && !stopsEarly && validates ? true : null);
        return _options with
        {
            Epochs = Epochs ?? resumed?.Epochs ?? TrainingDefaults.Epochs(samples, batchSize, schedule.Kind),
            Patience = usualPatience ?? patience,
            MinImprovement = MinImprovement != 0 ? MinImprovement
                : usualPatience is not null ? TrainingDefaults.MinImprovement
                : resumed?.MinImprovement ?? 0,
            RestoreBest = restores == false && !stopsEarly ? null : restores,
            LearningRate = LearningRate
                ?? (isCycle ? TrainingDefaults.CycleLearningRate : OptimizerOptions.DefaultLearningRate(kind, model.Loss)),
            BatchSize = batchSize,
            Schedule = schedule,
            Optimizer = _optimizer with
            {
                Kind = kind,
                WeightDecay = WeightDecay ?? (Optimizer is null && !FullBatch ? TrainingDefaults.WeightDecay : null),
            },
            Augmentation = _augmentation,
            Seed = Seed ?? resumed?.Seed ?? Random.Shared.Next(),
            CheckpointPath = checkpoint,
            Notes = new EncodingNotes(),
        };
    }
}
