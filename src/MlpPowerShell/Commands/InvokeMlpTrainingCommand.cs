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
    private const string OneModel = "All rows train one model, so that each run goes on from the weights that the one before has left; "
        + "for runs that begin alike, have New-MlpModel make a model of each row.";

    private int _rows;
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _checkpoints = [];
    private MlpModel? _trained;

    /// <summary>The model; its weights change.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [AllowNull]
    [Cell<MlpModel>(IsPiped = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>The training set.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [AllowNull]
    [Cell<MlpDataset>(IsPiped = true)]
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
    public PSObject? InputObject { get; set => field = SweepRow.Binding(value, value is null ? _rows : ++_rows); }

    /// <inheritdoc/>
    protected override string? RunOfSweep => MyInvocation.ExpectingInput ? SweepRow.TitleOf(InputObject, _rows) : null;

    private bool IsRow => InputObject is { } row && !ReferenceEquals(row.BaseObject, Model) && !ReferenceEquals(row.BaseObject, Dataset);

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Model, () =>
    {
        SweepRow.Bound();
        CheckGiven();
        if (IsRow)
        {
            WriteOnce(SweepRow.Warnings(InputObject!, column => SweepColumns.IsOfModel(column)
                ? $"The column '{column}' is kept as a note: it is New-MlpModel's, and the model is made already."
                : SweepNotes.Lost(column, typeof(MlpEpoch))));
            if (ReferenceEquals(_trained, Model))
                WriteOnce([OneModel]);
            _trained = Model;
        }

        TrainingOptions options = TrainingOptions(Model, Dataset);
        CheckCheckpoint(options);

        // A data set that comes down the pipeline gives the run its samples, and not its name.
        if (!Given.ContainsKey(nameof(Name)) && !Given.ContainsKey(nameof(Dataset)) && Name == Dataset.Name)
            options = options with { Name = null };
        var notes = SweepNotes.Of(AllNotesOf(IsRow ? InputObject : Model), Given, typeof(MlpEpoch));
        WriteOnce(notes.Warnings);
        if (MyInvocation.ExpectingInput && options.Name is { } name && !_names.Add(name))
            WriteOnce([$"Several runs are called {name}, and their epochs can't be told apart by the name."]);
        if (options.Name is null)
        {
            string distinction = notes.DistinctionWithout(Unused(options).Select(option => ParameterNames.Of(option.Option)));
            options = options with { Name = NameOfItsOwn(options, distinction) };
        }

        if (!Distributed)
            MlpTrainer.Check(Model, Dataset, TestData, options);
        if (!ShouldProcess($"{Model}", $"Train on {Dataset}"))
            return;
        if (Distributed)
            options = options with { Ranks = Join() };
        if (options.Ranks is { Rank: > 0 })
            Follow(options);
        else
            Train(options, notes.Kept);
        if (PassThru)
            WriteObject(Model);
    });

    /// <inheritdoc/>
    protected override bool IsGiven(string parameter) =>
        base.IsGiven(parameter) || SweepRow.Gives(InputObject, parameter);

    private IEnumerable<UnusedOption> Unused(TrainingOptions options) =>
        options.Unused(Model, options.SamplesToTrainOn(Dataset.Count), option => IsGiven(ParameterNames.Of(option)));

    /// <summary>
    /// A name for a run that has none, of what tells it from others, and of a number where that is as with one before it; null where the
    /// name of every run is enough.
    /// </summary>
    private string? NameOfItsOwn(TrainingOptions options, string distinction)
    {
        string usual = MlpRun.NameOf(Model, options), name = distinction.Length > 0 ? $"{usual}, {distinction}" : usual;
        string own = name;
        for (int number = 2; !_names.Add(own); number++)
            own = $"{name} ({number})";
        return own == usual ? null : own;
    }

    /// <summary>Answers what is given and nothing.</summary>
    private void CheckGiven()
    {
        SweepRow.CheckSource(MyInvocation, InputObject);
        WriteOnce(SweepColumns.Sets
            .Where(parameter => Given.TryGetValue(parameter, out object? value) && value is null)
            .Select(parameter => $"-{parameter} is $null, and so there are none."));
    }

    /// <summary>Checks that each of several runs has a checkpoint of its own.</summary>
    private void CheckCheckpoint(TrainingOptions options)
    {
        if (options.CheckpointPath is { } path && !_checkpoints.Add(path))
        {
            throw new MlpException(
                "CheckpointShared",
                MlpErrorKind.InvalidArgument,
                $"{path} is the checkpoint of a run before this one; give each its own, as by a column CheckpointPath.");
        }
    }

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

    private void Train(TrainingOptions options, PSNoteProperty[] notes)
    {
        IEnumerable<string> acting = options.Acting(Model).Select(option => $"{option.Key} {option.Value}");
        WriteVerbose($"Training {Model} on {Dataset}: {string.Join(", ", acting)}.");
        WriteUnused(Unused(options));
        if (options is { KeepsBest: true, Monitor: MlpMetric.TestLoss or MlpMetric.TestAccuracy })
        {
            WriteOnce([$"The best epoch is chosen by the test data with -Monitor {options.Monitor}, and does better on them than on "
                + "others: -ValidationFraction or -ValidationData give other samples to choose by."]);
        }

        if (Model.Output is not { Calibration: null, Conformal: null })
        {
            WriteOnce(["The model's calibration was fitted to the weights so far, and goes with them: calibrate it anew after the "
                + "training, with Set-MlpCalibration."]);
        }

        var progress = new ProgressReporter(this, $"Training {Model}");
        bool isBrokenOff = false;
        Func<MlpStep, bool>? onStep = OnStep is null ? null : step => !(isBrokenOff = !GoesOn(OnStep, step));
        MlpEpoch? last = null;
        int count = 0;
        try
        {
            foreach (MlpEpoch epoch in MlpTrainer.Train(Model, Dataset, TestData, options, progress.Report, onStep, StopToken))
            {
                WriteDebug($"Epoch {epoch.Epoch} took {epoch.Elapsed.TotalMilliseconds:0.0} ms, {epoch.SamplesPerSecond:N0} samples a "
                    + $"second; mean gradient norm {epoch.GradientNorm:G4}.");
                if (last is null)
                {
                    WriteWarnings(options.Notes!);
                    WriteSameData(epoch.Details);
                }

                count++;
                last = epoch;
                if (!PassThru)
                    WriteObject(WithNotes(notes, epoch));
                isBrokenOff = OnEpoch is not null && !GoesOn(OnEpoch, epoch);
                if (isBrokenOff)
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

        BestEpoch best = BestEpoch.Of(Model.History);
        if (last is not null)
            WriteEnd(options, last, best, count, isBrokenOff);
        else if (Resume)
            Say($"{options.CheckpointPath} holds a training that is done, which goes on with more {MoreOf(options, best)} than it had.");
    }

    /// <summary>Warns of figures that are taken for those of other samples, and are not.</summary>
    private void WriteSameData(MlpRun run)
    {
        WriteOnce(new[]
        {
            Sameness("test", TestData, run.TestData == run.TrainingData),
            Sameness("validation", ValidationData, run.ValidationData == run.TrainingData),
        }.OfType<string>());
        if (run.ValidationData is not null && run.ValidationData == run.TestData)
            WriteOnce(["The validation data are the test data: what is chosen by them does better on them than on others."]);
    }

    private string? Sameness(string kind, MlpDataset? data, bool isSame) =>
        isSame ? $"The {kind} data are the training data, and don't tell how the model does on others."
        : data is not null && SampleOverlap.IsPart(data, Dataset)
            ? $"The samples of the {kind} data stand in the training data too, and don't tell how the model does on others."
        : null;

    /// <summary>Writes a line for who reads along.</summary>
    private void Say(string line) => WriteInformation(new HostInformationMessage { Message = line }, ["MlpTraining", "PSHOST"]);

    /// <summary>What a training that is done has to be given more of to go on.</summary>
    private static string MoreOf(TrainingOptions options, BestEpoch best) =>
        best.EpochsSince >= options.Patience ? "-Patience" : "-Epochs";

    /// <summary>Says how the training went where something of it was chosen, or it ended otherwise than was said.</summary>
    private void WriteEnd(TrainingOptions options, MlpEpoch last, BestEpoch best, int count, bool isBrokenOff)
    {
        int done = Resume ? last.Epoch : count;
        if (best.EpochsSince >= options.Patience && options.AverageFrom >= done)
        {
            WriteWarning($"-AverageFrom {options.AverageFrom} has no effect: the training ended after {done} epochs, of which the last "
                + $"{options.Patience} did not improve {options.EffectiveMonitor}. Give more -Patience, or average from an earlier epoch.");
        }

        string ending = TrainingSummary.Ending(options, count, last, best, isBrokenOff);
        bool isChosen = LearningRate is null || Optimizer is null || (BatchSize is null && !FullBatch);
        bool isOneOfSeveral = MyInvocation.ExpectingInput;
        if (Epochs is not null && (isOneOfSeveral || !isChosen) && ending.Length == 0)
            return;
        string summary = $"{TrainingSummary.Beginning(options, last.Details, options.SamplesToTrainOn(Dataset.Count), count)}{ending}.";
        Say(isOneOfSeveral ? $"{last.Run}: {summary}" : $"Trained {summary}");
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
