using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>What the module's cmdlets have in common: paths, stopping, and errors that tell the user what to do.</summary>
public abstract class MlpCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _warned = [];
    private readonly AlikeErrors _alike = new();
    private bool _waits;
    private int _failures;

    /// <summary>Whether an error ended the command that -ErrorAction kept from being thrown.</summary>
    private bool _hasEnded;

    /// <summary>Whether an object of the pipeline was what the command takes: where not even the first is, none is.</summary>
    private bool _hasInput;

    /// <summary>Signalled by Ctrl+C.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Given = new Dictionary<string, object>(MyInvocation.BoundParameters, StringComparer.OrdinalIgnoreCase);
        _waits = true;
        PipedInput.Begin();
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => WriteOnce(_alike.Counts());

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the cmdlet holds.</summary>
    /// <param name="disposing">Always true here.</param>
    protected virtual void Dispose(bool disposing)
    {
        SweepRow.Bound();
        if (_waits)
            PipedInput.End();
        _waits = false;
        _stop.Dispose();
    }

    /// <summary>What the run at work is called where it is one of several, for errors; null elsewhere.</summary>
    protected virtual string? RunOfSweep => null;

    private string OfRun => RunOfSweep is { } run ? $"{run}: " : string.Empty;

    /// <summary>Does the work on one input, and turns what the engine throws into an error record about target.</summary>
    /// <remarks>
    /// The error ends the command where its input is an argument. Where the input comes down the pipeline, or is one of many, the error is
    /// that item's alone and the rest goes on, unless all items together are one piece of work. What ends the command is thrown, so that it
    /// can be caught, unless -ErrorAction asks for something else.
    /// </remarks>
    protected void Run(object? target, Action work, bool? perItem = null)
    {
        if (_hasEnded)
            return;
        bool isPerItem = perItem ?? MyInvocation.ExpectingInput;
        try
        {
            PipedInput.Check(this);
            _hasInput = true;
            int failures = _failures;
            work();
            if (_failures > failures || !isPerItem)
                return;
            foreach (ErrorRecord held in _alike.Release())
                WriteError(held);
        }
        catch (MlpException failure)
        {
            _failures++;
            string sentence = ParameterNames.Told(failure.Text), message = $"{OfRun}{sentence}";
            MlpException told = message == failure.Message ? failure : new MlpException(failure.ErrorId, failure.Kind, message, failure);
            var record = new ErrorRecord(
                told,
                failure.ErrorId,
                Category(failure.Kind),
                target is PSObject { BaseObject: not PSCustomObject and var bare } ? bare : target)
            {
                // PowerShell shows it below the message, which has the advice on this case itself.
                ErrorDetails = new ErrorDetails(message)
                {
                    RecommendedAction = $"Get-Help about_Mlp_Errors says more on {failure.ErrorId}.",
                },
            };
            bool isItems = _hasInput && isPerItem;
            if (!isItems && !IsErrorActionGiven)
                ThrowTerminatingError(record);
            _hasEnded = !isItems;
            if (!isItems || !_alike.Holds(record, sentence))
                WriteError(record);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The pipeline is being stopped: there is nobody left to tell.
        }
    }

    /// <summary>
    /// Whether -ErrorAction says what is to become of a failure: ThrowTerminatingError would not look at it, and end a statement where Stop
    /// asks for the end of the script.
    /// </summary>
    private bool IsErrorActionGiven => MyInvocation.BoundParameters.ContainsKey("ErrorAction");

    /// <summary>The parameters of the command line.</summary>
    protected IReadOnlyDictionary<string, object> Given { get; private set; } = new Dictionary<string, object>();

    /// <summary>Whether a parameter is given, by the command line or a cell that is not empty.</summary>
    protected virtual bool IsGiven(string parameter) => Given.ContainsKey(parameter);

    /// <summary>Writes a warning, in a form that can be shown whatever it quotes.</summary>
    protected new void WriteWarning(string text) => base.WriteWarning(Printable.Of(text));

    /// <summary>Writes a verbose message, in a form that can be shown whatever it quotes.</summary>
    protected new void WriteVerbose(string text) => base.WriteVerbose(Printable.Of(text));

    /// <summary>Warns of options that do nothing, of each once for all inputs of a pipeline: of several runs, the first is named.</summary>
    protected void WriteUnused(IEnumerable<UnusedOption> options)
    {
        foreach (UnusedOption option in options)
        {
            string warning = $"-{ParameterNames.Of(option.Option)} {option.Effect}: {ParameterNames.Told(option.Needs)}.";
            if (_warned.Add(warning))
                WriteWarning($"{OfRun}{warning}");
        }
    }

    /// <summary>Writes warnings, each once for all inputs of a pipeline.</summary>
    protected void WriteOnce(IEnumerable<string> warnings)
    {
        foreach (string warning in warnings.Where(_warned.Add))
            WriteWarning(warning);
    }

    /// <summary>
    /// A model that answers by the threshold and the class that the parameters -Threshold and -PositiveClass ask for; where they were not
    /// given, the model itself.
    /// </summary>
    protected MlpModel Deciding(MlpModel model, double? threshold, string? positiveClass)
    {
        bool isGiven = MyInvocation.BoundParameters.ContainsKey("Threshold");
        return isGiven || positiveClass is not null
            ? model.WithThreshold(isGiven ? threshold : model.Output.Decision?.Threshold, positiveClass)
            : model;
    }

    /// <summary>Warns of what a model met in data that it was not fitted to.</summary>
    protected void WriteWarnings(params EncodingNotes[] notes) =>
        WriteOnce(notes.SelectMany(met => met.Sentences).Select(note => ParameterNames.Told(note.Sentence)));

    /// <summary>The file system paths that PowerShell paths stand for, relative to the current location, wildcards expanded.</summary>
    /// <exception cref="MlpException">A path belongs to another provider, or a wildcard matches nothing.</exception>
    protected IEnumerable<string> ResolvePaths(string path, bool literal)
    {
        if (literal || !WildcardPattern.ContainsWildcardCharacters(path))
            return [ResolvePath(literal ? path : Unescaped(path))];

        IEnumerable<string> found = SessionState.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
        CheckProvider(path, provider);

        // A file's own name may have brackets.
        return found.Any() ? found : Path.Exists(ResolvePath(path)) ? [ResolvePath(path)]
            : throw new MlpException("FileNotFound", MlpErrorKind.NotFound, $"Nothing matches {path}.");
    }

    /// <summary>
    /// A path as it is written, or where nothing is there so, without the backticks that completion puts before brackets.
    /// </summary>
    protected string Unescaped(string path) => Path.Exists(ResolvePath(path)) ? path : WildcardPattern.Unescape(path);

    /// <summary>The file system path that a PowerShell path stands for, whether something is there or not.</summary>
    /// <exception cref="MlpException">The path belongs to another provider or a drive that is not there.</exception>
    protected string ResolvePath(string path)
    {
        try
        {
            string resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            CheckProvider(path, provider);
            return resolved;
        }
        catch (Exception failure) when (failure is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw new MlpException("PathNotFound", MlpErrorKind.NotFound, failure.Message, failure);
        }
    }

    /// <summary>Checks that none of these parameters is given, as what is streamed is streamed whole.</summary>
    /// <exception cref="MlpException">One is given.</exception>
    protected void CheckStreamsWhole(params string[] parameters)
    {
        if (Array.Find(parameters, MyInvocation.BoundParameters.ContainsKey) is { } given)
        {
            throw new MlpException(
                "StreamedWhole", MlpErrorKind.InvalidArgument, $"-{given} can't be given so with -Stream: a file is streamed whole.");
        }
    }

    /// <summary>
    /// An object to write that also has the properties added to another one, such as the columns of a table row, but for those it has
    /// itself.
    /// </summary>
    protected static PSObject WithNotesOf(object? source, object target) => WithNotes(AllNotesOf(source), target);

    /// <summary>The same with notes that are known already: to look for them takes longer than an epoch of a small training.</summary>
    protected static PSObject WithNotes(IEnumerable<PSNoteProperty> notes, object target)
    {
        var result = PSObject.AsPSObject(target);
        foreach (PSNoteProperty note in notes.Where(note => result.Properties[note.Name] is null))
            result.Properties.Add(new PSNoteProperty(note.Name, note.Value));
        return result;
    }

    /// <summary>What was added to an object, such as the columns of a table row; empty cells count as not given.</summary>
    internal static IEnumerable<PSNoteProperty> NotesOf(object? source) =>
        AllNotesOf(source).Where(note => !CellReader.IsEmpty(note.Value));

    /// <summary>The same with empty cells: commands that write tables take their columns from the first object.</summary>
    internal static IEnumerable<PSNoteProperty> AllNotesOf(object? source) =>
        source is null ? [] : PSObject.AsPSObject(source).Properties.OfType<PSNoteProperty>();

    private static void CheckProvider(string path, ProviderInfo provider)
    {
        if (provider.Name != "FileSystem")
        {
            throw new MlpException(
                "NotAFileSystemPath",
                MlpErrorKind.InvalidArgument,
                $"{path} is in the provider {provider.Name}; a path in the file system is needed.");
        }
    }

    private static ErrorCategory Category(MlpErrorKind kind) => kind switch
    {
        MlpErrorKind.InvalidArgument => ErrorCategory.InvalidArgument,
        MlpErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        MlpErrorKind.Exists => ErrorCategory.ResourceExists,
        MlpErrorKind.Unreadable => ErrorCategory.ReadError,
        MlpErrorKind.Unwritable => ErrorCategory.WriteError,
        MlpErrorKind.InvalidData => ErrorCategory.InvalidData,
        MlpErrorKind.Mismatch => ErrorCategory.InvalidOperation,
        MlpErrorKind.Unavailable => ErrorCategory.ResourceUnavailable,
        MlpErrorKind.Diverged => ErrorCategory.InvalidResult,
    };
}
