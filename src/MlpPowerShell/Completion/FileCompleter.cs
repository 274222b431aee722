using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;

namespace MlpPowerShell;

/// <summary>Completes the files that a parameter can take, and the folders on the way to them.</summary>
/// <param name="endings">What the names of the files end with.</param>
public abstract class FileCompleter(params string[] endings) : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionCompleters.CompleteFilename(wordToComplete.Trim('\'', '"'))
            .Where(result => result.ResultType == CompletionResultType.ProviderContainer
                || Array.Exists(endings, ending => result.ListItemText.EndsWith(ending, StringComparison.OrdinalIgnoreCase)));
}

/// <summary>Completes files that models are read from.</summary>
public sealed class ModelFileCompleter() : FileCompleter([.. ModelFile.Readable]);

/// <summary>Completes files that models are written to.</summary>
public sealed class WrittenModelFileCompleter() : FileCompleter([.. ModelFile.Endings]);

/// <summary>Completes files of checkpoints.</summary>
public sealed class CheckpointFileCompleter() : FileCompleter(".safetensors");

/// <summary>Completes files that Import-MlpDataset reads.</summary>
public sealed class DatasetFileCompleter()
        : FileCompleter(
            [.. Enum.GetValues<DatasetFormat>()
                .SelectMany(DatasetFormats.EndingsOf)
                .SelectMany(ending => new[] { ending, ending + ".gz" })]);

/// <summary>Completes picture files that models of images can look at.</summary>
public sealed class PictureFileCompleter() : FileCompleter(".png", ".jpg", ".jpeg", ".bmp", ".gif");

/// <summary>Completes files that a chart can be written to.</summary>
public sealed class ChartFileCompleter() : FileCompleter(".svg", ".png");

/// <summary>Completes files that a report can be written to.</summary>
public sealed class ReportFileCompleter() : FileCompleter(".html");

/// <summary>Completes folders.</summary>
public sealed class FolderCompleter() : FileCompleter();
