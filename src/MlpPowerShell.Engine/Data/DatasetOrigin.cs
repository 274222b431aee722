namespace MlpPowerShell.Engine.Data;

/// <summary>Where the samples of a data set can be read again: a folder of MNIST's family, and which of its samples they are.</summary>
/// <param name="Folder">The folder, with its whole path.</param>
/// <param name="Split">Which half.</param>
/// <param name="Skip">Samples left out at the start.</param>
/// <param name="First">The most samples after these.</param>
/// <param name="Samples">The places of the samples among those, in their order; null for all.</param>
internal sealed record DatasetOrigin(string Folder, MnistSplit Split, int Skip, int First, int[]? Samples)
{
    /// <summary>The origin of some of the samples.</summary>
    public DatasetOrigin Take(int[] samples) => this with { Samples = Samples is null ? samples : Array.ConvertAll(samples, sample => Samples[sample]) };

    /// <summary>Reads the samples again.</summary>
    /// <param name="fingerprint">That of the data set which they were.</param>
    /// <exception cref="MlpException">The files are not there, or hold something else than they did.</exception>
    public MlpDataset Read(string fingerprint)
    {
        MlpDataset all = MnistReader.Read(Folder, Split, Skip, First);
        bool holds = Samples is null || Array.TrueForAll(Samples, sample => (uint)sample < (uint)all.Count);
        MlpDataset? read = !holds ? null : Samples is null ? all : all.Take(Samples);
        return read is not null && read.Fingerprint == fingerprint
            ? read
            : throw new MlpException("DatasetChanged", MlpErrorKind.Mismatch, $"{Folder} does not hold the samples that it held: {read?.Fingerprint ?? $"{all.Count} samples"} instead of {fingerprint}. Send the samples themselves, with Select-MlpDataset -ByValue.");
    }
}
