using System.Buffers.Binary;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files;

/// <summary>Models as files of any format that is known here.</summary>
public static class ModelFile
{
    private static readonly ModelFormat[] _formats = Enum.GetValues<ModelFormat>();

    /// <summary>What the names of model files end with.</summary>
    public static IReadOnlyList<string> Endings { get; } = EndingsOf(_ => true);

    /// <summary>What the names of model files end with that can be read.</summary>
    public static IReadOnlyList<string> Readable { get; } = EndingsOf(format => format.Read is not null);

    /// <summary>Writes a model, first beside the file and then in its place, so that there is always the old file or the new one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="format">Its format; null for the one that its name tells.</param>
    /// <param name="precision">What is kept of the weights.</param>
    /// <param name="cancellation">Stops the writing, which leaves the old file.</param>
    /// <exception cref="MlpException">The file can't be written, or the format is unknown or does not have that precision.</exception>
    public static void Write(
        MlpModel model,
        string path,
        ModelFormat? format = null,
        WeightPrecision precision = WeightPrecision.Single,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        Check(path, format, precision);
        AtomicFile.Write(path, stream => Write(model, stream, path, format ?? FormatOf(path), precision), cancellation);
    }

    /// <summary>Checks that a model can be written to a file so.</summary>
    /// <inheritdoc cref="Write(MlpModel, string, ModelFormat?, WeightPrecision, CancellationToken)"/>
    /// <exception cref="MlpException">
    /// The format is unknown, another one than the file's name tells, or does not have that precision.
    /// </exception>
    public static void Check(string path, ModelFormat? format, WeightPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(path);
        ModelFormat known = format ?? FormatOf(path);
        if (TryFormatOf(path, out ModelFormat named) && !AreOneKind(named, known))
        {
            throw new MlpException(
                "FormatMismatch",
                MlpErrorKind.InvalidArgument,
                $"{path} is called like a file of the format {named}, and is to be one of {known}: name it otherwise, or write "
                + $"it{Hint.Without(nameof(ModelReadOptions.Format))}.");
        }

        if (!known.Definition().Precisions.Contains(precision))
        {
            string able = string.Join(" and ", _formats.Where(other => other.Definition().Precisions.Contains(precision)));
            throw new MlpException(
                "PrecisionUnsupported",
                MlpErrorKind.InvalidArgument,
                $"The format {known} does not hold weights as {precision}; {able} do. It holds "
                + $"{string.Join(" and ", known.Definition().Precisions)}.");
        }
    }

    /// <summary>A model as bytes in the format Safetensors, to be sent to another process.</summary>
    public static byte[] ToBytes(MlpModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var stream = new MemoryStream();
        Write(model, stream, string.Empty, ModelFormat.Safetensors, WeightPrecision.Single);
        return stream.ToArray();
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file may not say; null for what it says.</param>
    /// <exception cref="MlpException">The file is not there, or holds no such model.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static MlpModel Read(string path, ModelReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new ModelReadOptions();
        return InputFile
            .ReadPlain(path, stream => ReadContent(path, stream, options.Format ?? FormatOf(path), options), options.Cancellation)
            .ToModel(path, options);
    }

    /// <summary>Reads a model that was written to a stream, which must be able to seek, in the format Safetensors.</summary>
    /// <exception cref="MlpException">The stream holds no such model.</exception>
    public static MlpModel Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        const string Name = "The stream";
        return SafetensorsFile.Read(Name, stream).ToModel(Name, new ModelReadOptions());
    }

    /// <summary>The model that comes back from a file with such weights.</summary>
    /// <exception cref="MlpException">A weight is beyond what the precision holds.</exception>
    public static MlpModel Rounded(MlpModel model, WeightPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var stream = new MemoryStream();
        Write(model, stream, string.Empty, ModelFormat.Safetensors, precision);
        stream.Position = 0;
        return Read(stream);
    }

    /// <summary>Whether a file's name ends as those of another format do.</summary>
    internal static bool IsOther(string path, ModelFormat format) =>
        Array.Exists(_formats, other => other != format
            && Path.GetExtension(path).Equals(other.Definition().Ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>The format that a file's name tells.</summary>
    /// <exception cref="MlpException">It tells none.</exception>
    internal static ModelFormat FormatOf(string path) => TryFormatOf(path, out ModelFormat format) ? format
        : throw new MlpException(
            "UnknownFormat",
            MlpErrorKind.InvalidArgument,
            $"The name of {path} tells no format: {string.Join(", ", Endings.SkipLast(1))} and {Endings[^1]} do. Name "
            + $"it{Hint.With(nameof(ModelReadOptions.Format))}.");

    /// <summary>Checks that a file which its first bytes tell is of the format that it is to be read as.</summary>
    /// <exception cref="MlpException">It is of another one.</exception>
    internal static void CheckContent(string path, Stream stream, ModelFormat format)
    {
        Span<byte> start = stackalloc byte[9];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (count < start.Length)
            return;

        // Safetensors begin with the length of their header, which is JSON; .npz are zip archives.
        ulong header = BinaryPrimitives.ReadUInt64LittleEndian(start);
        ModelFormat? content = start[8] == '{' && header < (ulong)stream.Length ? ModelFormat.Safetensors
            : start.StartsWith("PK\x03\x04"u8) ? ModelFormat.Npz
            : null;
        if (content is { } seen && !AreOneKind(seen, format))
        {
            throw new MlpException(
                "FormatMismatch",
                MlpErrorKind.InvalidData,
                $"{path} is read as {format}, and looks like a file of the format {seen}: say "
                + $"so{Hint.With(nameof(ModelReadOptions.Format), seen)}.");
        }
    }

    /// <summary>Says that a format is only written.</summary>
    internal static MlpException NotRead(string path, ModelFormat format) =>
        new(
            "FormatNotRead",
            MlpErrorKind.InvalidArgument,
            $"{path}: models are written as {format}, and not read. Keep the model in another format beside it.");

    private static bool TryFormatOf(string path, out ModelFormat format)
    {
        string ending = Path.GetExtension(path);
        int place = Array.FindIndex(
            _formats, known => ending.Equals(known.Definition().Ending, StringComparison.OrdinalIgnoreCase));
        format = place < 0 ? default : _formats[place];
        return place >= 0;
    }

    /// <summary>Whether files of two formats differ in names alone, so that one reader reads the heads of both.</summary>
    private static bool AreOneKind(ModelFormat one, ModelFormat other) =>
        one == other || (one.Definition().ReadHead is { } read && read == other.Definition().ReadHead);

    private static void Write(MlpModel model, Stream stream, string path, ModelFormat format, WeightPrecision precision) =>
        format.Definition()
            .Write(stream, new ModelToWrite(model, ModelContent.Of(model, precision), precision, Path.GetFileNameWithoutExtension(path)));

    private static ModelContent ReadContent(string path, Stream stream, ModelFormat format, ModelReadOptions options)
    {
        ModelFormatDefinition definition = format.Definition();
        if (definition.Read is not { } read)
            throw NotRead(path, format);
        if (options.WeightLayout is not null && !definition.HasEitherLayout)
        {
            throw new MlpException(
                "WeightLayoutUnused",
                MlpErrorKind.InvalidArgument,
                $"{path} is {format}, which has one layout of weights: read it without one{Hint.Without(nameof(options.WeightLayout))}.");
        }

        CheckContent(path, stream, format);
        return read(path, stream, options);
    }

    private static string[] EndingsOf(Func<ModelFormatDefinition, bool> isMeant) =>
        [.. _formats.Select(format => format.Definition()).Where(isMeant).Select(format => format.Ending).OfType<string>()];
}
