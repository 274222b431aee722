using System.Text.Json.Serialization;

namespace MlpPowerShell.Engine.Data;

/// <summary>Where the samples of a data set can be read again: a path, whole, and which of its samples they are.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Samples">The places of the samples among all, in their order; null for all.</param>
[JsonPolymorphic]
[JsonDerivedType(typeof(MnistOrigin), "mnist")]
[JsonDerivedType(typeof(TableOrigin), "table")]
[JsonDerivedType(typeof(NumpyOrigin), "numpy")]
internal abstract record DatasetOrigin(string Path, int[]? Samples)
{
    /// <summary>Whether nothing is missing that reading takes, as may be where it was read from a stream itself.</summary>
    internal bool IsWhole => Path is not null && HasOptions;

    /// <summary>Whether what an origin of its kind has beside its path is there, and in its range.</summary>
    protected abstract bool HasOptions { get; }

    /// <summary>The origin of some of the samples.</summary>
    public DatasetOrigin Take(int[] samples) =>
        this with { Samples = Samples is null ? samples : Array.ConvertAll(samples, sample => Samples[sample]) };

    /// <summary>Reads the samples again.</summary>
    /// <param name="fingerprint">That of the data set which they were.</param>
    /// <exception cref="MlpException">The files are not there, or hold something else than they did.</exception>
    public MlpDataset Read(string fingerprint)
    {
        MlpDataset? read = Read();
        return read?.Fingerprint == fingerprint
            ? read
            : throw new MlpException(
                "DatasetChanged",
                MlpErrorKind.Mismatch,
                $"{Path} does not hold the samples that it held: {read?.Fingerprint ?? "fewer"} instead of {fingerprint}. Send the "
                + $"samples themselves{Hint.With(nameof(MlpDataset.WithoutOrigin))}.");
    }

    /// <summary>Reads the samples; null where there are fewer.</summary>
    protected abstract MlpDataset? Read();

    /// <summary>The samples among all; null where there are fewer.</summary>
    protected MlpDataset? Of(MlpDataset all) => Samples is null ? all : AreWithin(all.Count) ? all.Take(Samples) : null;

    /// <summary>Whether there are samples at all the places.</summary>
    protected bool AreWithin(int count) => Array.TrueForAll(Samples ?? [], sample => (uint)sample < (uint)count);
}

/// <summary>A folder of MNIST's family.</summary>
internal sealed record MnistOrigin(string Path, MnistSplit Split, int Skip, int First, int[]? Samples) : DatasetOrigin(Path, Samples)
{
    protected override bool HasOptions => Skip >= 0 && First >= 0;

    protected override MlpDataset? Read() => Of(MnistReader.Read(Path, Split, Skip, First));
}

/// <summary>A file of rows.</summary>
/// <param name="Path">The file.</param>
/// <param name="Options">How it is read.</param>
/// <param name="Kinds">What columns were asked to be.</param>
/// <param name="Labels">The columns to predict.</param>
/// <param name="Features">The columns to predict from.</param>
/// <param name="Aside">The columns that go along.</param>
/// <param name="Task">What the samples are for.</param>
/// <param name="Shape">The size of images, or null.</param>
/// <param name="Samples">The places of the samples among all, in their order; null for all.</param>
internal sealed record TableOrigin(
    string Path,
    TableReadOptions Options,
    Dictionary<string, ColumnKind> Kinds,
    string[] Labels,
    string[] Features,
    string[] Aside,
    MlpTask Task,
    ImageShape? Shape,
    int[]? Samples)
    : DatasetOrigin(Path, Samples)
{
    protected override bool HasOptions =>
        this is { Options: not null, Kinds: not null, Labels: not null, Features: not null, Aside: not null }
        && Options is { SkipLines: >= 0, Skip: >= 0, First: >= 0 }
        && Options.Conventions?.AreWhole == true
        && Kinds.Values.All(Enum.IsDefined)
        && Enum.IsDefined(Task)
        && !Labels.Concat(Features).Concat(Aside).Concat(Options.Header ?? []).Contains(null!);

    protected override MlpDataset? Read()
    {
        MlpTable table =
            TableReader.Read(Path, Options with { KindOf = name => Kinds.TryGetValue(name, out ColumnKind kind) ? kind : null });
        return AreWithin(table.Count)
            ? Of(table.ToDataset(new TableOptions
            {
                Label = Labels,
                IsFeature = Features.Contains,
                IsAside = Aside.Contains,
                Task = Task,
                ImageShape = Shape,
                LabelIsOptional = true,
            }))
            : null;
    }
}

/// <summary>NumPy's files.</summary>
internal sealed record NumpyOrigin(string Path, NumpyReadOptions Options, int[]? Samples) : DatasetOrigin(Path, Samples)
{
    protected override bool HasOptions => Options is not null;

    protected override MlpDataset? Read() => Of(NumpyReader.Read(Path, Options));
}
