using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MlpPowerShell.Engine.Files;

/// <summary>
/// A safetensors file of float32 tensors: the length of a JSON header as a little-endian 64-bit number, the header, the data
/// (github.com/huggingface/safetensors).
/// </summary>
internal static class SafetensorsFile
{
    private const long MaxHeaderLength = 100_000_000;

    private static readonly JsonWriterOptions _writerOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public sealed record Tensor(string Name, IReadOnlyList<int> Shape, float[] Values);

    public sealed record Content(IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, Tensor> Tensors);

    /// <summary>Writes a file; the tensors' values are the writer's from then on.</summary>
    public static void Write(Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<Tensor> tensors)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header, _writerOptions))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach ((string key, string value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
            long offset = 0;
            foreach (Tensor tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (int size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Values.LongLength * sizeof(float));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Readers map the data, so that it starts at a multiple of 8 bytes.
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        header.WriteTo(stream);
        foreach (Tensor tensor in tensors)
        {
            SwapWhereBigEndian(tensor.Values);
            stream.Write(MemoryMarshal.AsBytes<float>(tensor.Values));
        }
    }

    public static Content Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Read(path, stream);
    }

    /// <summary>Reads what a stream that can seek holds; the name is for messages.</summary>
    public static Content Read(string path, Stream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
            throw Invalid(path, "the file is shorter than the 8 bytes that give the length of its header");
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > (ulong)Math.Min(MaxHeaderLength, stream.Length - 8))
            throw Invalid(path, $"the header's length at byte 0 is {headerLength}, and the file has {stream.Length} bytes; it is truncated or no safetensors file");
        var header = new byte[headerLength];
        stream.ReadExactly(header);
        try
        {
            using JsonDocument json = JsonDocument.Parse(header);
            return ReadTensors(path, stream, json.RootElement, 8 + (long)headerLength);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Invalid(path, $"the header at byte 8 is not what safetensors prescribes: {failure.Message}", failure);
        }
    }

    private static Content ReadTensors(string path, Stream stream, JsonElement header, long dataStart)
    {
        var metadata = new Dictionary<string, string>();
        var tensors = new Dictionary<string, Tensor>();
        foreach (JsonProperty entry in header.EnumerateObject())
        {
            if (entry.NameEquals("__metadata__"))
            {
                foreach (JsonProperty item in entry.Value.EnumerateObject())
                    metadata[item.Name] = item.Value.GetString() ?? throw Invalid(path, $"the metadata {item.Name} is null");
                continue;
            }

            if (!tensors.TryAdd(entry.Name, ReadTensor(path, stream, entry, dataStart)))
                throw Invalid(path, $"the tensor {entry.Name} occurs twice");
        }

        return new Content(metadata, tensors);
    }

    private static Tensor ReadTensor(string path, Stream stream, JsonProperty entry, long dataStart)
    {
        string? type = entry.Value.GetProperty("dtype").GetString();
        if (type != "F32")
            throw Invalid(path, $"the tensor {entry.Name} has the type {type}; only F32 can be read");

        int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
        JsonElement offsets = entry.Value.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2)
            throw Invalid(path, $"the tensor {entry.Name} has {offsets.GetArrayLength()} data offsets instead of 2");
        long begin = offsets[0].GetInt64();
        long end = offsets[1].GetInt64();
        long count = 1;
        foreach (int size in shape)
        {
            count = size < 0 || count > Array.MaxLength ? -1 : count * size;
            if (count < 0)
                break;
        }

        if (count < 0 || count > Array.MaxLength || begin < 0 || end < begin || end - begin != count * sizeof(float))
            throw Invalid(path, $"the tensor {entry.Name} of shape [{string.Join(", ", shape)}] does not take the bytes {begin} to {end} that its header gives it");
        if (end > stream.Length - dataStart)
            throw Invalid(path, $"the tensor {entry.Name} ends at byte {dataStart + end}, and the file at byte {stream.Length}; it is truncated");

        var values = new float[count];
        stream.Position = dataStart + begin;
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        SwapWhereBigEndian(values);
        return new Tensor(entry.Name, shape, values);
    }

    private static void SwapWhereBigEndian(float[] values)
    {
        Span<int> bits = MemoryMarshal.Cast<float, int>(values.AsSpan());
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(bits, bits);
    }

    private static MlpException Invalid(string path, string what, Exception? cause = null) =>
        new("InvalidSafetensors", MlpErrorKind.InvalidData, $"{path}: {what}.", cause);
}
