using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>The encodings of text files.</summary>
internal static class TextEncodings
{
    private const string Likely = "windows-1252";
    private const int LongestLine = 1 << 20;
    private const int MostShown = 60;

    /// <summary>Text that is what it says: bytes that are no UTF-8 are an error.</summary>
    private static readonly Encoding _utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What files begin with that are no tables of text, and what they are.</summary>
    private static readonly (byte[] Start, string What)[] _others =
    [
        ("PAR1"u8.ToArray(), "a Parquet file, which has to be unpacked first"),
        ("PK\x03\x04"u8.ToArray(), "a zip archive, as spreadsheets are too"),
        ([0xD0, 0xCF, 0x11, 0xE0], "a spreadsheet or another document of an old Office"),
        ("SQLite format 3"u8.ToArray(), "a SQLite database"),
        ([0x89, .. "PNG"u8], "a PNG picture"),
        ([0xFF, 0xD8, 0xFF], "a JPEG picture"),
        ("GIF8"u8.ToArray(), "a GIF picture"),
        ("%PDF"u8.ToArray(), "a PDF document"),
        ([0x93, .. "NUMPY"u8], "an array of NumPy, whose file ends in .npy"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd"),
        ("BZh"u8.ToArray(), "compressed by bzip2"),
        ([0xFD, .. "7zXZ"u8], "compressed by xz"),
    ];

    static TextEncodings() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The encoding of a file.</summary>
    /// <exception cref="MlpException">There is none of the name.</exception>
    public static Encoding Of(TableReadOptions options)
    {
        if (options.Encoding is not { } name)
            return _utf8;
        string known = name.ToLowerInvariant() switch
        {
            "utf8" or "utf8nobom" or "utf8bom" => "utf-8",
            "unicode" => "utf-16",
            "bigendianunicode" => "utf-16BE",
            "utf32" => "utf-32",
            "latin1" => "iso-8859-1",
            "ansi" or "cp1252" or "1252" => Likely,
            var other => other,
        };
        try
        {
            return int.TryParse(known, NumberStyles.None, CultureInfo.InvariantCulture, out int page)
                ? Encoding.GetEncoding(page, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                : Encoding.GetEncoding(known, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            throw new MlpException(
                "UnknownEncoding",
                MlpErrorKind.InvalidArgument,
                $"There is no encoding {name}; there are utf-8, utf-16, latin1, windows-1252, shift_jis and the others that .NET knows.",
                failure);
        }
    }

    /// <summary>
    /// The encoding of a file that begins so: the one that is asked for, or UTF-16 or UTF-32 where every other byte is zero, or UTF-8.
    /// </summary>
    /// <exception cref="MlpException">There is none of the name, or the bytes are no text.</exception>
    public static Encoding Of(string path, TableReadOptions options, ReadOnlySpan<byte> head)
    {
        bool isMarked = head.StartsWith<byte>([0xFF, 0xFE]) || head.StartsWith<byte>([0xFE, 0xFF]) || head is [0, 0, 0xFE, 0xFF, ..];
        if (options.Encoding is not null || isMarked || !head.Contains((byte)0))
            return Of(options);
        Span<int> zeros = stackalloc int[4];
        for (int i = 0; i < head.Length; i++)
            zeros[i % 4] += head[i] == 0 ? 1 : 0;
        int most = head.Length / 4;
        return (zeros[0] * 2 > most, zeros[1] * 2 > most, zeros[2] * 2 > most, zeros[3] * 2 > most) switch
        {
            (false, true, false, true) when zeros[0] + zeros[2] == 0 => Of(options with { Encoding = "utf-16" }),
            (true, false, true, false) when zeros[1] + zeros[3] == 0 => Of(options with { Encoding = "utf-16BE" }),
            (false, true, true, true) => Of(options with { Encoding = "utf-32" }),
            (true, true, true, false) => Of(options with { Encoding = "utf-32BE" }),
            _ => throw InputFile.NoTable(path, "something else than text, as it has bytes that are zero"),
        };
    }

    /// <summary>Checks that a file is not of another kind, as its first bytes tell.</summary>
    /// <exception cref="MlpException">It is.</exception>
    public static void CheckIsText(string path, ReadOnlySpan<byte> start)
    {
        foreach ((byte[] mark, string what) in _others)
        {
            if (start.StartsWith(mark))
                throw InputFile.NoTable(path, what);
        }

        ReadOnlySpan<byte> text = start.TrimStart("\uFEFF \t\r\n"u8);
        if (text is [(byte)'[', ..] && text[1..].TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..])
            throw InputFile.NoTable(path, "one array of JSON; write it as lines of objects, or make a data set of its objects");
    }

    /// <summary>The error of a file that holds bytes which are no text in its encoding: where, and in which one they would be.</summary>
    public static MlpException Wrong(string path, TableReadOptions options)
    {
        (int line, byte[] bytes, string text) = InputFile.ReadText(path, (content, _) => FirstOdd(content));
        string hex = string.Join(' ', bytes.Select(value => value.ToString("X2", CultureInfo.InvariantCulture)));
        return options.Encoding is { } name
            ? new MlpException("InvalidTable", MlpErrorKind.InvalidData, $"{path}: there are bytes that are no text in {name}.")
            : new MlpException(
                "InvalidTable",
                MlpErrorKind.InvalidData,
                $"{path}, line {line}: the bytes {hex} are no text in UTF-8. In Windows-1252, which is likely, the line reads "
                + $"'{text}'; if that is right, read it so{Hint.With(nameof(TableReadOptions.Encoding), Likely)}.");
    }

    /// <summary>The first line that is not in UTF-8, and what its first odd bytes are.</summary>
    private static (int Line, byte[] Bytes, string Text) FirstOdd(Stream content)
    {
        using var buffered = new BufferedStream(content, 1 << 16);
        var bytes = new List<byte>();
        for (int line = 1; ; line++)
        {
            bytes.Clear();
            int next = buffered.ReadByte();
            for (; next is >= 0 and not '\n' && bytes.Count < LongestLine; next = buffered.ReadByte())
                bytes.Add((byte)next);
            ReadOnlySpan<byte> rest = CollectionsMarshal.AsSpan(bytes);
            while (!rest.IsEmpty && Rune.DecodeFromUtf8(rest, out _, out int used) == OperationStatus.Done)
                rest = rest[used..];
            if (!rest.IsEmpty)
            {
                _ = Rune.DecodeFromUtf8(rest, out _, out int odd);
                string text = Encoding.GetEncoding(Likely).GetString(CollectionsMarshal.AsSpan(bytes)).Trim();
                return (line, rest[..odd].ToArray(), text.Length > MostShown ? text[..MostShown] + "…" : text);
            }

            if (next < 0)
                return (line, [], string.Empty);
        }
    }
}
