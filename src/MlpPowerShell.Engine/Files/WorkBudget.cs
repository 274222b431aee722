namespace MlpPowerShell.Engine.Files;

/// <summary>
/// How much arithmetic a file may ask of its reader: some for each of its bytes, as what a model needs grows with its weights, while a
/// graph of a few nodes could ask for the same again and again.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="fileLength">Its bytes.</param>
internal sealed class WorkBudget(string path, long fileLength)
{
    // A weight of a byte is scaled, moved and normalized some times; small files may take as long as they like.
    private const long OperationsOfByte = 64;
    private const long OperationsOfAny = 1 << 24;

    private long _left = OperationsOfAny + (OperationsOfByte * fileLength);

    /// <summary>Takes so many operations from what is left.</summary>
    /// <exception cref="MlpException">Less is left.</exception>
    public void Spend(long operations)
    {
        if ((_left -= operations) < 0)
            throw ModelContent.Unfit(path, "asks for more arithmetic than a model of its size needs");
    }
}
