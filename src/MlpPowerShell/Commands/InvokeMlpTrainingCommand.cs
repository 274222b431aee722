using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Distribution;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Commands;

/// <summary>Trains a model and writes each epoch the moment it is done.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "MlpTraining", SupportsShouldProcess = true)]
[OutputType(typeof(MlpEpoch), typeof(MlpModel))]
public sealed class InvokeMlpTrainingCommand : TrainingCmdlet
{
    private bool _isNamed;

    /// <summary>The model; its weights change.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [Cell<MlpModel>(IsOneOfSeveral = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>The training set.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [Cell<MlpDataset>(IsOneOfSeveral = true)]
    public MlpDataset Dataset { get; set; } = null!;

    /// <summary>A set to measure after each epoch.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [Cell<MlpDataset>]
    public MlpDataset? TestData { get; set; }

    /// <summary>Runs after each epoch with the epoch as $_; $false ends the training.</summary>
    [Parameter]
    public ScriptBlock? OnEpoch { get; set; }

    /// <summary>Runs after each step with the step as $_; $false ends the training.</summary>
    [Parameter]
    public ScriptBlock? OnStep { get; set; }

    /// <summary>Trains with all processes that mpirun started together; the default where it started more than one.</summary>
    [Parameter]
    public SwitchParameter Distributed { get; set; } = MlpRank.Current.Ranks > 1;

    /// <summary>Writes the trained model at the end instead of the epochs, which stay in its history.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What hyperparameters are taken from by name; its other properties go along with the epochs.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set => field = SweepRow.Binding(value); }

    /// <inheritdoc/>
    protected override string? RunOfSweep => MyInvocation.ExpectingInput ? SweepRow.NameOf(InputObject) : null;

    private bool IsRow => InputObject is { BaseObject: not (MlpModel or MlpDataset) };

    /// <inheritdoc/>
    protected override void BeginProcessing() => _isNamed =
        MyInvocation.BoundParameters.ContainsKey(nameof(Name)) || MyInvocation.BoundParameters.ContainsKey(nameof(Dataset));

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Model, () =>
    {
        SweepRow.Bound();
        if (IsRow)
        {
            WriteOnce(SweepRow.Warnings(InputObject!, column => SweepColumns.IsOfModel(column)
                ? $"The column '{column}' is kept as a note: it is New-MlpModel's, and the model is made already."
                : null));
        }

        TrainingOptions options = TrainingOptions(Model, Dataset);

        // A data set that comes down the pipeline gives the run its samples, and not its name.
        if (!_isNamed && Name == Dataset.Name)
            options = options with { Name = null };
        if (!Distributed)
            MlpTrainer.Check(Model, Dataset, TestData, options);
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
        WriteVerbose($"This is rank {ranks.Rank} of {ranks.Count}, which train together by {ranks.Library}; -Distributed:$false "
            + $"trains each for itself.");
        if (ranks.Count == 1)
            WriteOnce(["-Distributed has no effect: this process trains alone, as mpirun started no other with it."]);
        return ranks;
    }

    /// <summary>
    /// Trains as one of the ranks that leave speaking to rank 0: an error that ends the training ends this rank's script without a word.
    /// </summary>
    private void Follow(TrainingOptions options)
    {
        try
        {
            foreach (MlpEpoch epoch in MlpTrainer.Train(Model, Dataset, TestData, options, cancellation: StopToken))
                WriteDebug($"Epoch {epoch.Epoch} is done.");
        }
        catch (MlpException failure) when (options.Ranks!.Rank != options.Ranks.Speaker)
        {
            WriteVerbose($"{failure.ErrorId}: {ParameterNames.Told(failure.Text)}");
            if (!MyInvocation.ExpectingInput)
                throw new PipelineStoppedException();
        }
    }

    private void Train(TrainingOptions options)
    {
        IEnumerable<string> acting = options.Acting(Model).Select(option => $"{option.Key} {option.Value}");
        WriteVerbose($"Training {Model} on {Dataset}: {string.Join(", ", acting)}.");
        WriteUnused(options.Unused(Model, Dataset.Count));
        var progress = new ProgressReporter(this, $"Training {Model}");
        Func<MlpStep, bool>? onStep = OnStep is null ? null : step => GoesOn(OnStep, step);
        PSNoteProperty[] notes = [.. AllNotesOf(IsRow ? InputObject : Model)];
        MlpEpoch? last = null, best = null;
        int count = 0;
        try
        {
            foreach (MlpEpoch epoch in MlpTrainer.Train(Model, Dataset, TestData, options, progress.Report, onStep, StopToken))
            {
                WriteDebug($"Epoch {epoch.Epoch} took {epoch.Elapsed.TotalMilliseconds:0.0} ms, {epoch.SamplesPerSecond:N0} samples a "
                    + $"second; mean gradient norm {epoch.GradientNorm:G4}.");
                if (last is null)
                    WriteWarnings(options.Notes!);
                count++;
                last = epoch;
                best = epoch.IsBest ? epoch : best;
                if (!PassThru)
                    WriteObject(WithNotes(notes, epoch));
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

        string more = options.Patience is null ? "-Epochs" : "-Epochs or -Patience";
        if (last is not null)
            WriteEnd(options, count, last, best);
        else if (Resume)
            Say($"{options.CheckpointPath} holds a training that is done, which goes on with more {more} than it had.");
    }

    /// <summary>Writes a line for who reads along.</summary>
    private void Say(string line) => WriteInformation(new HostInformationMessage { Message = line }, ["MlpTraining", "PSHOST"]);

    /// <summary>
    /// Says why the training ended early, and for how long it went on and how where that was not given; then also to who reads along.
    /// </summary>
    private void WriteEnd(TrainingOptions options, int count, MlpEpoch last, MlpEpoch? best)
    {
        bool isOver = options.Patience is { } patience && best is not null && last.Epoch - best.Epoch >= patience;
        int done = Resume ? last.Epoch : count;
        if (isOver && options.AverageFrom >= done)
        {
            WriteWarning($"-AverageFrom {options.AverageFrom} has no effect: the training ended after {done} epochs, of which the last "
                + $"{options.Patience} did not improve {options.EffectiveMonitor}. Give more -Patience, or average from an earlier epoch.");
        }

        if (Epochs is null)
        {
            string rate = FormattableString.Invariant($"learning rate {options.LearningRate}")
                + (options.Schedule.Kind == ScheduleKind.Constant ? string.Empty : $" ({options.Schedule.Kind})");
            string batches = options.BatchSize is { } size ? $"batches of {size}" : "full batches";
            string end = isOver
                ? $"; {options.EffectiveMonitor} has not improved for {options.Patience}, and the model has the weights of epoch "
                    + $"{best!.Epoch}"
                : options.RestoreBest && best is not null && best != last
                ? $"; the model has the weights of epoch {best.Epoch}, the best {options.EffectiveMonitor}"
                : options.Patience is not null && count == TrainingDefaults.MostEpochs ? ", the most without -Epochs" : string.Empty;
            Say($"Trained {count} epochs by {options.Optimizer.Kind}, {rate}, {batches}{end}.");
        }
        else if (isOver)
        {
            WriteInformation(
                $"Stopped after epoch {last.Epoch}: {options.EffectiveMonitor} has not improved for {options.Patience} epochs. The model "
                + $"has the weights of epoch {best!.Epoch}.",
                ["MlpTraining"]);
        }
    }

    /// <summary>
    /// Signals the stop of a pipeline that writing has found stopped before PowerShell says so, but not where a command behind has all that
    /// it wants. A filter runs before the training is disposed, which tells other ranks whether it was stopped or has done what it should.
    /// </summary>
    private bool IsStoppedHere()
    {
        if (Stopping)
            StopProcessing();
        return false;
    }

    private static bool GoesOn(ScriptBlock hook, object subject) => hook
        .InvokeWithContext(null, [new PSVariable("_", subject)], subject)
        .All(result => result?.BaseObject is not false);
}
