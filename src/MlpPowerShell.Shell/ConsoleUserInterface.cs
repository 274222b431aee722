using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;

namespace MlpPowerShell.Shell;

/// <summary>Writes to the console, and asks there.</summary>
internal sealed class ConsoleUserInterface : PSHostUserInterface, IHostUISupportsMultipleChoiceSelection
{
    private readonly bool _showsProgress = !Console.IsErrorRedirected && !Console.IsOutputRedirected;
    private int _progressLength;

    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUserInterface();

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    public override void Write(string value)
    {
        EndProgress();
        Console.Out.Write(Plain(value));
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value)
    {
        EndProgress();
        Console.Out.WriteLine(Plain(value));
    }

    public override void WriteErrorLine(string value)
    {
        EndProgress();
        Console.Error.WriteLine(Plain(value));
    }

    public override void WriteDebugLine(string message) => WriteErrorLine($"DEBUG: {message}");

    public override void WriteVerboseLine(string message) => WriteErrorLine($"VERBOSE: {message}");

    public override void WriteWarningLine(string message) => WriteErrorLine($"WARNING: {message}");

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (!_showsProgress)
            return;
        EndProgress();
        if (record.RecordType == ProgressRecordType.Completed)
            return;
        string left = record.SecondsRemaining >= 0 ? $", {TimeSpan.FromSeconds(record.SecondsRemaining):g} left" : string.Empty;
        string text = $"{record.Activity}: {record.StatusDescription} ({record.PercentComplete} %{left})";
        text = text[..Math.Min(text.Length, RawUI.BufferSize.Width - 1)];
        Console.Error.Write(text);
        _progressLength = text.Length;
    }

    /// <summary>Removes the progress line from the console.</summary>
    public void EndProgress()
    {
        if (_progressLength == 0)
            return;
        Console.Error.Write($"\r{new string(' ', _progressLength)}\r");
        _progressLength = 0;
    }

    public override string ReadLine() => Console.ReadLine() ?? string.Empty;

    public override SecureString ReadLineAsSecureString()
    {
        var secret = new SecureString();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
            secret.AppendChar(key.KeyChar);
        Console.WriteLine();
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        WriteCaption(caption, message);
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            Write($"{field.Name}: ");
            answers[field.Name] = PSObject.AsPSObject(ReadLine());
        }

        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        Choose(caption, message, choices) is [int choice, ..] ? choice : defaultChoice;

    public Collection<int> PromptForChoice(
        string? caption, string? message, Collection<ChoiceDescription> choices, IEnumerable<int>? defaultChoices)
    {
        List<int> chosen = Choose(caption, message, choices);
        return [.. chosen.Count > 0 ? chosen : defaultChoices ?? []];
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) =>
        throw new NotSupportedException("This shell asks for no credentials.");

    // The formatter colours for every host; where colours would be noise, it is the host that takes them out.
    private string Plain(string text) => SupportsVirtualTerminal ? text : new StringDecorated(text).ToString(OutputRendering.PlainText);

    private void WriteCaption(string? caption, string? message)
    {
        if (!string.IsNullOrEmpty(caption))
            WriteLine(caption);
        if (!string.IsNullOrEmpty(message))
            WriteLine(message);
    }

    private List<int> Choose(string? caption, string? message, Collection<ChoiceDescription> choices)
    {
        WriteCaption(caption, message);
        string[] keys = [.. choices.Select(choice => choice.Label.IndexOf('&') is >= 0 and int at
            ? choice.Label[at + 1].ToString()
            : choice.Label)];
        Write(string.Join("  ", choices.Select((choice, i) => $"[{keys[i]}] {choice.Label.Replace("&", string.Empty)}")) + ": ");
        string[] answers = ReadLine().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. answers.Select(answer => Array.FindIndex(keys, key => key.Equals(answer, StringComparison.OrdinalIgnoreCase)))
            .Where(i => i >= 0)];
    }
}
