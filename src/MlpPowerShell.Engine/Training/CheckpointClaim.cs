using System.Globalization;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// Keeps a checkpoint to one training at a time, by a file beside it that is held open as long as the training runs, and that says whose it
/// is. What a process leaves that was ended by force, nobody holds.
/// </summary>
internal sealed class CheckpointClaim : IDisposable
{
    private const string Ending = ".claim";

    private readonly FileStream _own;

    private CheckpointClaim(FileStream own) => _own = own;

    /// <summary>Claims a checkpoint; null where there is none to claim.</summary>
    /// <exception cref="MlpException">Another training has it, or the file can't be written.</exception>
    public static CheckpointClaim? Take(TrainingOptions options)
    {
        if (options is not { CheckpointPath: { } path, Ranks: null or { Rank: 0 } })
            return null;
        string target = Path.GetFullPath(path), start = $".{Path.GetFileName(target)}.", folder = Path.GetDirectoryName(target)!;
        string own = Path.Combine(
            folder, string.Create(CultureInfo.InvariantCulture, $"{start}{Environment.ProcessId}-{Guid.NewGuid():N}{Ending}"));

        // One's own comes first: of two that begin at once, both may be refused, but never both begin.
        var claim = new CheckpointClaim(
            new FileStream(own, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose));
        try
        {
            foreach (string other in Directory.GetFiles(folder, $"{start}*{Ending}").Where(file => file != own))
                CheckLeft(path, other, start);
            return claim;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _own.Dispose();

    /// <summary>Removes a claim that nobody holds.</summary>
    /// <exception cref="MlpException">Somebody does.</exception>
    private static void CheckLeft(string path, string other, string start)
    {
        try
        {
            new FileStream(other, FileMode.Open, FileAccess.Write, FileShare.None).Dispose();
            File.Delete(other);
        }
        catch (FileNotFoundException)
        {
            // It was given up in this moment.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            string process = Path.GetFileName(other)[start.Length..].Split('-')[0];
            throw new MlpException(
                "CheckpointInUse",
                MlpErrorKind.Unavailable,
                $"Another training, of process {process}, writes the checkpoint {path}: let it end, or name another file.",
                failure);
        }
    }
}
