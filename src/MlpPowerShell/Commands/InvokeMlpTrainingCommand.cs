using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Distribution;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Commands;

/// <summary>Trains a model and writes each epoch the moment it is done.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "MlpTraining", SupportsShouldProcess = true)]
[OutputType(typeof(MlpEpoch), typeof(MlpModel))]
public sealed class InvokeMlpTrainingCommand : ScheduledCmdlet
{
    /// <summary>The model; its weights change.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    public MlpModel Model { get; set; } = null!;

    /// <summary>The training set.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    public MlpDataset Dataset { get; set; } = null!;

    /// <summary>A set to measure after each epoch.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    public MlpDataset? TestData { get; set; }

    /// <summary>The learning rate, the highest of the schedule; without it what suits the optimizer.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public double? LearningRate { get; set; }

    /// <summary>Samples of a mini-batch; without it, each step is along the gradient of the whole set.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public int? BatchSize { get; set; }

    /// <summary>What turns gradients into steps.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<OptimizerKind>))]
    public Choice<OptimizerKind> Optimizer { get; set; }

    /// <summary>The momentum of the optimizers Momentum and Nesterov, from 0 to below 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public double? Momentum { get; set; }

    /// <summary>How much of its mean gradient an optimizer of Adam's kind keeps each step, from 0 to below 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public double? Beta1 { get; set; }

    /// <summary>How much of its mean squared gradient an optimizer of Adam's kind keeps each step, or Lion of its mean gradient, from 0 to below 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public double? Beta2 { get; set; }

    /// <summary>How much of its mean squared gradient RMSprop keeps each step, from 0 to below 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public double? Alpha { get; set; }

    /// <summary>Keeps the denominators of the adaptive optimizers off zero.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public double? Epsilon { get; set; }

    /// <summary>Weight decay: coupled (L2 regularization), or with AdamW and Lion decoupled.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public double? WeightDecay { get; set; }

    /// <summary>L1 regularization.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double L1 { get; set; }

    /// <summary>The largest norm of the whole gradient.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public double? ClipNorm { get; set; }

    /// <summary>The largest absolute value of each entry of the gradient.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public double? ClipValue { get; set; }

    /// <summary>Takes the mini-batches in the order of the data, the same each epoch.</summary>
    [Parameter]
    public SwitchParameter NoShuffle { get; set; }

    /// <summary>Determines the order of the samples; without it, that differs each time.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public int? Seed { get; set; }

    /// <summary>Measures the whole training set after each epoch of mini-batches, instead of the running mean.</summary>
    [Parameter]
    public SwitchParameter EvaluateTraining { get; set; }

    /// <summary>The part of the hidden layers' outputs that is dropped in training: one for all layers or one for each.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ListTransformation]
    public double[] Dropout { get; set; } = [];

    /// <summary>The part of the features that is dropped in training.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double InputDropout { get; set; }

    /// <summary>The largest norm of the weights into one unit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public double? MaxNorm { get; set; }

    /// <summary>Leaves weights at zero that are zero at the start, as in a network that Compress-MlpModel has pruned.</summary>
    [Parameter]
    public SwitchParameter KeepZeros { get; set; }

    /// <summary>The part of each label that training spreads evenly over all classes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double LabelSmoothing { get; set; }

    /// <summary>The largest random shift of training images along each axis, in pixels.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double RandomShift { get; set; }

    /// <summary>The largest random rotation of training images, in degrees.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double RandomRotation { get; set; }

    /// <summary>The largest part by which training images grow or shrink at random.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double RandomScale { get; set; }

    /// <summary>The largest random slant of training images, in degrees.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double RandomShear { get; set; }

    /// <summary>The strength of random elastic distortions of training images.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double ElasticAlpha { get; set; }

    /// <summary>How many pixels move together in elastic distortions.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double ElasticSigma { get; set; } = 4;

    /// <summary>How much a sample of each class counts in training: Balanced, or a hashtable of class and weight.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ClassWeightTransformation]
    [ArgumentCompleter(typeof(ClassWeightCompleter))]
    public ClassWeights? ClassWeight { get; set; }

    /// <summary>A set to measure after each epoch, to choose by.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    public MlpDataset? ValidationData { get; set; }

    /// <summary>The part of the training set to validate with instead of training with it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public double? ValidationFraction { get; set; }

    /// <summary>What tells the best epoch; the validation loss, or the training loss without validation.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    [ArgumentCompleter(typeof(EnumCompleter<MlpMetric>))]
    public Choice<MlpMetric>? Monitor { get; set; }

    /// <summary>Epochs without improvement after which the training stops, with the weights of its best epoch.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public int? Patience { get; set; }

    /// <summary>How much better an epoch must be to count as an improvement.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double MinImprovement { get; set; }

    /// <summary>Ends with the weights of the best epoch, also without a patience.</summary>
    [Parameter]
    public SwitchParameter RestoreBest { get; set; }

    /// <summary>The run's name, which each of its epochs carries.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Run")]
    public string? Name { get; set; }

    /// <summary>A file that takes the state of the training, so that it can go on after an interruption.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelFileCompleter))]
    public string? CheckpointPath { get; set; }

    /// <summary>Epochs between two checkpoints.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int CheckpointEvery { get; set; } = 1;

    /// <summary>Goes on from the checkpoint if it is there.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>Starts anew where a checkpoint is there, and replaces it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Runs after each epoch with the epoch as $_; $false ends the training.</summary>
    [Parameter]
    public ScriptBlock? OnEpoch { get; set; }

    /// <summary>Runs after each step with the step as $_; $false ends the training.</summary>
    [Parameter]
    public ScriptBlock? OnStep { get; set; }

    /// <summary>The threads to use; without it as many as there are processors, shared with other processes that train.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public int? ThreadCount { get; set; }

    /// <summary>Trains with all processes that mpirun started together; the default where it started more than one.</summary>
    [Parameter]
    public SwitchParameter Distributed { get; set; } = MlpRank.Current.Ranks > 1;

    /// <summary>Takes the training set as this rank's part of the samples, of which each rank has others.</summary>
    [Parameter]
    public SwitchParameter Sharded { get; set; }

    /// <summary>Writes the trained model at the end instead of the epochs, which stay in its history.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Model, () =>
    {
        var options = new TrainingOptions
        {
            Epochs = Epochs,
            LearningRate = LearningRate ?? OptimizerOptions.DefaultLearningRate(Optimizer),
            Schedule = ScheduleOptions,
            BatchSize = BatchSize,
            Optimizer = new OptimizerOptions
            {
                Kind = Optimizer,
                Momentum = Momentum,
                Beta1 = Beta1,
                Beta2 = Beta2,
                Alpha = Alpha,
                Epsilon = Epsilon,
                WeightDecay = WeightDecay,
                L1 = L1,
                ClipNorm = ClipNorm,
                ClipValue = ClipValue,
            },
            Shuffle = !NoShuffle,
            Seed = Seed ?? Random.Shared.Next(),
            EvaluateTraining = EvaluateTraining,
            Dropout = Dropout,
            InputDropout = InputDropout,
            MaxNorm = MaxNorm,
            KeepZeros = KeepZeros,
            LabelSmoothing = LabelSmoothing,
            Augmentation = new AugmentationOptions
            {
                Shift = RandomShift,
                Rotation = RandomRotation,
                Scale = RandomScale,
                Shear = RandomShear,
                ElasticAlpha = ElasticAlpha,
                ElasticSigma = ElasticSigma,
            },
            ClassWeights = ClassWeight,
            ValidationData = ValidationData,
            ValidationFraction = ValidationFraction,
            Monitor = Monitor,
            Patience = Patience,
            MinImprovement = MinImprovement,
            RestoreBest = RestoreBest,
            Name = Name,
            CheckpointPath = CheckpointPath is null ? null : ResolvePath(CheckpointPath),
            CheckpointEvery = CheckpointEvery,
            Resume = Resume,
            ReplaceCheckpoint = Force,
            ThreadCount = ThreadCount,
            Sharded = Sharded,
            Notes = new EncodingNotes(),
        };
        if (!ShouldProcess($"{Model}", $"Train on {Dataset}"))
            return;
        if (Distributed)
            options = options with { Ranks = Join() };
        if (options.Ranks is { Rank: > 0 })
            Follow(options);
        else
            Train(options);
        if (PassThru)
            WriteObject(Model);
    });

    private Communicator Join()
    {
        var ranks = Communicator.Join(StopToken);
        WriteVerbose($"This is rank {ranks.Rank} of {ranks.Count}, which train together by {ranks.Library}; -Distributed:$false trains each for itself.");
        return ranks;
    }

    /// <summary>Trains as one of the ranks that leave speaking to rank 0: an error that ends the training ends this rank's script without a word.</summary>
    private void Follow(TrainingOptions options)
    {
        try
        {
            foreach (MlpEpoch epoch in MlpTrainer.Train(Model, Dataset, TestData, options, cancellation: StopToken))
                WriteDebug($"Epoch {epoch.Epoch} is done.");
        }
        catch (MlpException failure) when (options.Ranks!.Rank != options.Ranks.Speaker)
        {
            WriteVerbose($"{failure.ErrorId}: {failure.Message}");
            if (!MyInvocation.ExpectingInput)
                throw new PipelineStoppedException();
        }
    }

    private void Train(TrainingOptions options)
    {
        WriteVerbose($"Training {Model} on {Dataset}: {options}.");
        foreach (string name in options.Optimizer.Unused)
            WriteWarning($"-{name} means nothing for the optimizer {Optimizer}.");
        if (LearningRate is null)
            WriteVerbose($"No learning rate is given: {options.LearningRate} is a place to start from with {Optimizer}.");
        var progress = new ProgressReporter(this, $"Training {Model}");
        Func<MlpStep, bool>? onStep = OnStep is null ? null : step => GoesOn(OnStep, step);
        MlpEpoch? last = null, best = null;
        try
        {
            foreach (MlpEpoch epoch in MlpTrainer.Train(Model, Dataset, TestData, options, progress.Report, onStep, StopToken))
            {
                WriteDebug($"Epoch {epoch.Epoch} took {epoch.Elapsed.TotalMilliseconds:0.0} ms, {epoch.SamplesPerSecond:N0} samples a second; mean gradient norm {epoch.GradientNorm:G4}.");
                if (last is null)
                    WriteWarnings(options.Notes!);
                last = epoch;
                best = epoch.IsBest ? epoch : best;
                if (!PassThru)
                    WriteObject(WithNotesOf(Model, epoch));
                if (OnEpoch is not null && !GoesOn(OnEpoch, epoch))
                    break;
            }
        }
        catch (PipelineStoppedException) when (IsStoppedHere())
        {
            throw;
        }
        finally
        {
            if (!StopToken.IsCancellationRequested)
                progress.Complete();
        }

        if (Patience is not null && last is not null && best is not null && last.Epoch - best.Epoch >= Patience)
            WriteInformation($"Stopped after epoch {last.Epoch}: {options.EffectiveMonitor} has not improved for {Patience} epochs. The model has the weights of epoch {best.Epoch}.", ["MlpTraining"]);
    }

    /// <summary>
    /// Signals the stop of a pipeline that writing has found stopped before PowerShell says so. A filter runs before the training is disposed, which
    /// tells other ranks whether it was stopped or has done what it should.
    /// </summary>
    private bool IsStoppedHere()
    {
        StopProcessing();
        return false;
    }

    private static bool GoesOn(ScriptBlock hook, object subject) => hook
        .InvokeWithContext(null, [new PSVariable("_", subject)], subject)
        .All(result => result?.BaseObject is not false);
}
