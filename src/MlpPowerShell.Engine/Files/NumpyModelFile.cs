using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Files;

/// <summary>
/// Models as archives of NumPy arrays: W1 [out, in], b1 [out], W2 and so on, with batch normalization gamma1, mean1 and var1, and with
/// PReLU a1. The facts stand beside them as mlp.json, which NumPy leaves alone. Weights [in, out] and biases [out, 1] or [1, out] are read
/// too; which weights a file has is decided once for all its layers.
/// </summary>
internal static class NumpyModelFile
{
    private const string FactsName = "mlp.json";
    private const int MostFacts = 16 << 20;

    private static readonly (string Theirs, string Ours)[] _names =
    [
        ("W", "weight"), ("b", "bias"), ("gamma", "scale"), ("mean", "running_mean"), ("var", "running_var"), ("a", "slope"),
    ];

    public static void Write(Stream stream, ModelContent content)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (ModelTensor tensor in content.Tensors.Values)
        {
            using Stream entry = archive.CreateEntry(TheirName(tensor.Name) + NumpyArray.FileEnding).Open();
            NumpyArray.Write(entry, tensor.Shape, tensor.Values);
        }

        using Stream facts = archive.CreateEntry(FactsName).Open();
        JsonSerializer.Serialize(facts, content.Metadata);
    }

    /// <summary>Reads a model's arrays.</summary>
    /// <exception cref="MlpException">The archive is damaged, or holds other arrays.</exception>
    public static ModelContent Read(string path, Stream stream, ModelReadOptions options)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        var tensors = new Dictionary<string, ModelTensor>();
        foreach (ZipArchiveEntry entry in ArraysOf(archive))
        {
            string name = OurName(path, entry);
            ModelTensor tensor = CheckedEntry.Read(path, entry, content =>
            {
                NumpyArray array = NumpyArray.ReadHeader(path, entry, content);
                float[] values = Array.ConvertAll(array.ReadNumbers(content, 0, array.Shape[0]), value => (float)value);
                return new ModelTensor(name, array.Shape, values);
            });
            if (!tensors.TryAdd(name, tensor))
                throw ModelContent.Unfit(path, $"holds {entry.FullName} twice");
        }

        Dictionary<string, string> facts = ReadFacts(path, archive);
        return new ModelContent(facts, Oriented(path, facts, tensors, options.WeightLayout));
    }

    /// <summary>Reads the types and shapes of the arrays, and the facts.</summary>
    /// <exception cref="MlpException">The archive is damaged.</exception>
    public static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<MlpTensorInfo> Arrays) ReadHeaders(
        string path, Stream stream)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        var arrays = new List<MlpTensorInfo>();
        foreach (ZipArchiveEntry entry in ArraysOf(archive))
        {
            NumpyArray array = CheckedEntry.Read(path, entry, content => NumpyArray.ReadHeader(path, entry, content));
            arrays.Add(new MlpTensorInfo(entry.FullName[..^NumpyArray.FileEnding.Length], array.TypeName, array.Shape));
        }

        return (ReadFacts(path, archive), arrays.ToArray());
    }

    private static IEnumerable<ZipArchiveEntry> ArraysOf(ZipArchive archive) =>
        archive.Entries.Where(entry => entry.FullName.EndsWith(NumpyArray.FileEnding, StringComparison.Ordinal));

    private static Dictionary<string, string> ReadFacts(string path, ZipArchive archive)
    {
        if (archive.GetEntry(FactsName) is not { } entry)
            return [];
        byte[] json = CheckedEntry.Read(path, entry, content => InputFile.ReadAll(content, MostFacts));
        try
        {
            Dictionary<string, string>? facts = JsonSerializer.Deserialize<Dictionary<string, string>>(json);
            return facts is not null && !facts.ContainsValue(null!) ? facts : throw new JsonException("a fact is null");
        }
        catch (JsonException failure)
        {
            throw ModelContent.Unfit(path, $"has facts in {FactsName} that can't be read ({failure.Message})");
        }
    }

    private static string TheirName(string name)
    {
        string[] parts = name.Split('.');
        int layer = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return Array.Find(_names, pair => pair.Ours == parts[2]).Theirs + (layer + 1).ToString(CultureInfo.InvariantCulture);
    }

    private static string OurName(string path, ZipArchiveEntry entry)
    {
        string name = entry.FullName[..^NumpyArray.FileEnding.Length];
        foreach ((string theirs, string ours) in _names)
        {
            if (name.StartsWith(theirs, StringComparison.OrdinalIgnoreCase)
                && int.TryParse(name[theirs.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number > 0)
            {
                return $"layers.{number - 1}.{ours}";
            }
        }

        throw ModelContent.Unfit(path, $"has an array {name}; a model's are W1, b1, W2 and so on");
    }

    /// <summary>The tensors with weights [out, in] and vectors: biases have the length of a layer's units, whatever their shape.</summary>
    private static Dictionary<string, ModelTensor> Oriented(
        string path, Dictionary<string, string> facts, Dictionary<string, ModelTensor> tensors, WeightLayout? asked)
    {
        WeightLayout? known = facts.ContainsKey(ModelContent.VersionKey) ? WeightLayout.OutIn : null;
        WeightLayout layout = WeightLayoutFinder.Find(path, tensors, known, asked);
        var oriented = new Dictionary<string, ModelTensor>();
        foreach ((string name, ModelTensor tensor) in tensors)
        {
            bool isWeight = name.EndsWith(".weight", StringComparison.Ordinal);
            bool isColumn = !isWeight && tensor.Shape.Count == 2 && tensor.Shape.Contains(1);
            oriented[name] = isColumn ? tensor with { Shape = [tensor.Values.Length] }
                : isWeight && layout == WeightLayout.InOut && tensor.Shape.Count == 2 ? tensor.Transposed()
                : tensor;
        }

        return oriented;
    }
}
