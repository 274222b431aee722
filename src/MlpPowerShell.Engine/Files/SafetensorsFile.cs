using System.Buffers.Binary;
using System.Text.Json;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Files;

/// <summary>
/// A safetensors file: the length of a JSON header as a little-endian 64-bit number, the header, the data
/// (github.com/huggingface/safetensors).
/// Weights of 8 bits are multiples of the scales of their rows, which stand beside them as NAME_scale.
/// </summary>
internal static class SafetensorsFile
{
    private const long MaxHeaderLength = 100_000_000;
    private const string ScaleSuffix = "_scale";

    private static readonly JsonWriterOptions _writerOptions =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a file.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="metadata">Facts.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="precision">What is kept of the tensors with two dimensions.</param>
    public static void Write(
        Stream stream,
        IReadOnlyDictionary<string, string> metadata,
        IReadOnlyList<ModelTensor> tensors,
        WeightPrecision precision = WeightPrecision.Single)
    {
        Entry[] entries = [.. tensors.SelectMany(tensor => EntriesOf(tensor, precision))];
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header, _writerOptions))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach ((string key, string value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
            long offset = 0;
            foreach (Entry entry in entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", entry.Type);
                json.WriteStartArray("shape");
                foreach (int size in entry.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += entry.Bytes.Length);
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
        foreach (Entry entry in entries)
            stream.Write(entry.Bytes);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="MlpException">The file is not there, or no safetensors file.</exception>
    public static ModelContent Read(string path) => InputFile.ReadPlain(path, stream => Read(path, stream));

    /// <summary>Reads what a stream that can seek holds; the name is for messages.</summary>
    /// <exception cref="MlpException">It is no safetensors file.</exception>
    public static ModelContent Read(string path, Stream stream)
    {
        Header header = ReadHeader(path, stream);
        Dictionary<string, Field> fields = header.Fields.ToDictionary(field => field.Name);
        var tensors = new Dictionary<string, ModelTensor>();
        foreach (Field field in header.Fields.Where(field => !field.IsScaleAmong(fields)))
            tensors.Add(field.Name, new ModelTensor(field.Name, field.Shape, ReadValues(path, stream, header.DataStart, field, fields)));
        return new ModelContent(header.Metadata, tensors);
    }

    /// <summary>Reads what a file says of itself, and checks that it holds as much.</summary>
    /// <exception cref="MlpException">It is no safetensors file.</exception>
    public static Header ReadHeader(string path, Stream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
            throw Invalid(path, "the file is shorter than the 8 bytes that give the length of its header");
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > (ulong)Math.Min(MaxHeaderLength, stream.Length - 8))
        {
            throw Invalid(
                path,
                $"the header's length at byte 0 is {headerLength}, and the file has {stream.Length} bytes; it is truncated or no "
                + $"safetensors file");
        }

        var header = new byte[headerLength];
        stream.ReadExactly(header);
        try
        {
            using JsonDocument json = JsonDocument.Parse(header);
            return ReadFields(path, json.RootElement, 8 + (long)headerLength, stream.Length);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Invalid(path, $"the header at byte 8 is not what safetensors prescribes: {failure.Message}", failure);
        }
    }

    private static Entry[] EntriesOf(ModelTensor tensor, WeightPrecision precision)
    {
        if (tensor.IsWhole)
        {
            long[] wholes = Array.ConvertAll(tensor.Values, value => (long)value);
            return [new Entry(tensor.Name, "I64", tensor.Shape, LittleEndian.Bytes<long>(wholes))];
        }

        return (tensor.Shape.Count == 2 ? precision : WeightPrecision.Single) switch
        {
            WeightPrecision.Single => [new Entry(tensor.Name, "F32", tensor.Shape, LittleEndian.Bytes<float>(tensor.Values))],
            WeightPrecision.Half => [new Entry(tensor.Name, "F16", tensor.Shape, LittleEndian.Bytes<Half>(Quantization.ToHalf(tensor)))],
            WeightPrecision.Int8 => Int8EntriesOf(tensor),
        };
    }

    private static Entry[] Int8EntriesOf(ModelTensor tensor)
    {
        (sbyte[] values, float[] scales) = Quantization.ToInt8(tensor);
        return
        [
            new Entry(tensor.Name, "I8", tensor.Shape, LittleEndian.Bytes<sbyte>(values)),
            new Entry(tensor.Name + ScaleSuffix, "F32", [scales.Length], LittleEndian.Bytes<float>(scales)),
        ];
    }

    private static Header ReadFields(string path, JsonElement header, long dataStart, long fileLength)
    {
        var metadata = new Dictionary<string, string>();
        var fields = new Dictionary<string, Field>();
        foreach (JsonProperty entry in header.EnumerateObject())
        {
            if (entry.NameEquals("__metadata__"))
            {
                foreach (JsonProperty item in entry.Value.EnumerateObject())
                    metadata[item.Name] = item.Value.GetString() ?? throw Invalid(path, $"the metadata {item.Name} is null");
                continue;
            }

            Field field = ReadField(path, entry);
            if (!fields.TryAdd(entry.Name, field))
                throw Invalid(path, $"the tensor {entry.Name} occurs twice");
            if (field.End > fileLength - dataStart)
            {
                throw Invalid(
                    path,
                    $"the tensor {entry.Name} ends at byte {dataStart + field.End}, and the file at byte {fileLength}; it is truncated");
            }
        }

        CheckApart(path, fields.Values);
        return new Header(metadata, [.. fields.Values], dataStart);
    }

    /// <summary>
    /// Checks that no byte belongs to two tensors: the format forbids it, and a small file could ask for any amount of memory.
    /// </summary>
    private static void CheckApart(string path, IEnumerable<Field> fields)
    {
        Field? last = null;
        foreach (Field field in fields.Where(field => field.End > field.Begin).OrderBy(field => field.Begin))
        {
            if (field.Begin < last?.End)
                throw Invalid(path, $"the tensors {last.Name} and {field.Name} overlap");
            last = field;
        }
    }

    private static Field ReadField(string path, JsonProperty entry)
    {
        string? type = entry.Value.GetProperty("dtype").GetString();
        int valueSize = type switch
        {
            "F64" or "I64" => 8,
            "F32" => 4,
            "F16" or "BF16" => 2,
            "I8" => 1,
            _ => throw Invalid(path, $"the tensor {entry.Name} has the type {type}; F64, F32, F16, BF16, I8 and I64 can be read"),
        };
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

        if (count < 0 || count > Array.MaxLength / valueSize || begin < 0 || end < begin || end - begin != count * valueSize)
        {
            throw Invalid(
                path,
                $"the tensor {entry.Name} of shape [{string.Join(", ", shape)}] does not take the bytes {begin} to {end} that its "
                + $"header gives it");
        }

        return new Field(entry.Name, type, shape, begin, end);
    }

    private static float[] ReadValues(string path, Stream stream, long dataStart, Field field, Dictionary<string, Field> fields)
    {
        switch (field.Type)
        {
            case "F64":
                return LittleEndian.Floats<double>(Bytes(field));
            case "I64":
                return LittleEndian.Floats<long>(Bytes(field));
            case "F16":
                return LittleEndian.Floats<Half>(Bytes(field));
            case "BF16":
                return LittleEndian.BFloats(Bytes(field));
            case "F32":
                return LittleEndian.Values<float>(Bytes(field));
            default:
                if (!fields.TryGetValue(field.Name + ScaleSuffix, out Field? scale)
                    || scale.Type != "F32"
                    || scale.Shape is not [var rows]
                    || field.Shape is not [var units, _]
                    || rows != units)
                {
                    throw Invalid(
                        path,
                        $"the tensor {field.Name} has 8 bits a value, and no {field.Name}{ScaleSuffix} with a scale for each of its rows");
                }

                return Quantization.FromInt8(LittleEndian.Values<sbyte>(Bytes(field)), LittleEndian.Values<float>(Bytes(scale)));
        }

        byte[] Bytes(Field part)
        {
            var bytes = new byte[part.End - part.Begin];
            stream.Position = dataStart + part.Begin;
            stream.ReadExactly(bytes);
            return bytes;
        }
    }

    private static MlpException Invalid(string path, string what, Exception? cause = null) =>
        new("InvalidSafetensors", MlpErrorKind.InvalidData, $"{path}: {what}.", cause);

    /// <summary>What a file says of itself.</summary>
    public sealed record Header(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<Field> Fields, long DataStart);

    /// <summary>A tensor's type, sizes, and place after the header.</summary>
    public sealed record Field(string Name, string Type, IReadOnlyList<int> Shape, long Begin, long End)
    {
        /// <summary>Whether this is the scale of an 8-bit tensor.</summary>
        public bool IsScaleAmong(IReadOnlyDictionary<string, Field> fields) =>
            Name.EndsWith(ScaleSuffix, StringComparison.Ordinal)
                && fields.TryGetValue(Name[..^ScaleSuffix.Length], out Field? scaled)
                && scaled.Type == "I8";
    }

    private sealed record Entry(string Name, string Type, IReadOnlyList<int> Shape, byte[] Bytes);
}
