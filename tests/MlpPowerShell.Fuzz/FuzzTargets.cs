using System.IO.Compression;
using System.Reflection;
using System.Text;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;
using MlpPowerShell.Pictures;

namespace MlpPowerShell.Fuzz;

/// <summary>Every reader of the engine, with small whole files.</summary>
internal static class FuzzTargets
{
    private static readonly string _references =
        Assembly.GetExecutingAssembly()
            .GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(item => item.Key == "ReferenceFolder").Value!;

    // Features of a table from which no model is made: each takes memory of its own.
    private const int MostFeatures = 1000;

    // Reports have pictures in them, which are drawn for each data set.
    private const long OfCommands = 96L << 20;

    public static IReadOnlyList<FuzzTarget> All(string folder)
    {
        byte[] idx = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4, .. new byte[32]];
        byte[] csv = Encoding.UTF8.GetBytes("size,colour,day,kind\n1.5,red,2020-01-02,a\n2,\"green, or "
            + "so\",2021-03-04,b\n,blue,2022-05-06,a\n4e3,red,,b\n");
        byte[] arff = Encoding.UTF8.GetBytes("% c\n@relation r\n@attribute size numeric\n@attribute 'the colour' {red,'gr "
            + "een'}\n@attribute day date\n@attribute kind {a,b}\n@data\n1,red,2020-01-02,a\n?,'gr een',2021-03-04,b\n");
        byte[] sparseArff = Encoding.UTF8.GetBytes("@relation r\n@attribute n real\n@attribute d date 'dd.MM.yyyy'\n"
            + "@attribute kind {a,'it\\'s'}\n@data\n{0 1.5, 1 '01.02.2024', 2 'it\\'s'}, {2}\n{1 31.12.2023}\n1 \"01.01.2020\" a,\n");
        byte[] json = Encoding.UTF8.GetBytes("{\"x\": 1.5, \"c\": \"red\", \"y\": true}\n{\"c\": null, \"x\": 2, \"y\": false}\n"
            + "{\"y\": true, \"c\": \"1,5\"}\n");
        byte[] sparse = Encoding.UTF8.GetBytes("# c\n1 qid:1 1:2 3:0.5\n-1 qid:1 2:1e3 # more\n+1 qid:2 1:-4\n");
        byte[] foreign = Encoding.UTF8.GetBytes(
            "sep=;\n\"d\";n;p;y\n31/12/2024;1.200;0,5;a\n01/02/2024;\" 3 \";1,25;\"b\"\n;7;1.234,5;a\r\n");
        string[] pictures = Directory.GetFiles(Path.Combine(_references, "pictures"));
        byte[][] arrays = [.. Directory.GetFiles(Path.Combine(_references, "numpy"), "*.npy").Select(File.ReadAllBytes)];
        byte[][] archives = [.. Directory.GetFiles(Path.Combine(_references, "numpy"), "*.npz").Select(File.ReadAllBytes)];
        byte[][] graphs = [.. Directory.GetFiles(Path.Combine(_references, "models"), "*.onnx").Select(File.ReadAllBytes)];
        byte[][] tensors = [.. Directory.GetFiles(Path.Combine(_references, "models"), "*.safetensors").Select(File.ReadAllBytes)];
        MlpModel[] models = [.. new[] { "version-1", "version-2", "version-3" }.Select(name => ModelFile.Read(Path.Combine(
            _references, "models", $"{name}.safetensors")))];
        byte[] checkpoint = File.ReadAllBytes(Path.Combine(_references, "models", "checkpoint-3.safetensors"));
        var sent = new MlpDataset("sent", [1, 2, 3, 4, 5, 6], new[] { 0, 1 }, 3, ["a", "b"]);
        MlpModel model = MlpModel.CreateFor(sent, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, seed: 1);
        MlpEpoch epoch = MlpTrainer.Train(model, sent, null, new TrainingOptions { Epochs = 1, LearningRate = 0.1 }).Single();
        byte[][] parquets = [.. Directory.GetFiles(Path.Combine(_references, "parquet"), "*.parquet", SearchOption.AllDirectories)
            .Select(File.ReadAllBytes)];
        byte[] types = DatasetFile.ToBytes(Types());
        return
        [
            new("idx", ".idx", [idx, [0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 2, 3]], ReadIdx) { Lies = Lies.OfHead },
            new("gzip", ".idx.gz", [Gzip(idx)], ReadIdx) { Contents = [idx], Wrap = Gzip },
            new("csv", ".csv", [csv], ReadTable) { Lies = Lies.OfText },
            new("foreign", ".txt", [foreign, Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(foreign))], ReadTable),
            new("csv-zip", ".zip", [Zip(("t.csv", csv))], ReadTable) { Contents = [csv], Wrap = content => Zip(("t.csv", content)) },
            new("csv-gzip", ".csv.gz", [Gzip(csv)], ReadTable) { Contents = [csv], Wrap = Gzip },
            new("arff", ".arff", [arff, sparseArff], ReadTable) { Lies = Lies.OfText },
            new("jsonl", ".jsonl", [json], ReadTable) { Lies = Lies.OfText },
            new("svmlight", ".svm", [sparse], ReadTable) { Lies = Lies.OfText },
            new("parquet", ".parquet", parquets, ReadTable) { Lies = Lies.OfParquet },
            new("npy", ".npy", arrays, path => NumpyReader.Read(path, new NumpyReadOptions())) { Lies = Lies.OfNpy },
            new(
                "npz",
                ".npz",
                archives,
                path => NumpyReader.Read(path, new NumpyReadOptions()))
            {
                Contents = arrays,
                Wrap = content => Zip(("x.npy", content), ("y.npy", arrays[0])),
                Lies = Lies.OfZip,
            },
            .. pictures.GroupBy(Path.GetExtension).Select(group => new FuzzTarget(
                group.Key![1..], group.Key, [.. group.Select(File.ReadAllBytes)], path => PictureReader.Read(
                    path, new ImageShape(28, 28), normalize: true))
            {
                // A pixel takes 16 on its way to grey.
                Expansion = 1024 * 16,
                Lies = group.Key == ".png" ? Lies.OfPng : Lies.OfHead,
            }),
            new(
                "safetensors",
                ".safetensors",
                [.. tensors, .. models.Select(model => Written(folder, model, ".safetensors", WeightPrecision.Int8))],
                UseModel),
            new(
                "onnx",
                ".onnx",
                [
                    .. graphs,
                    .. models.Select(model => Written(folder, model, ".onnx", WeightPrecision.Int8)),
                    Written(folder, models[2], ".onnx", WeightPrecision.Single),
                ],
                UseModel),
            new("model-npz", ".npz", [.. models.Select(model => Written(folder, model, ".npz", WeightPrecision.Single))], UseModel)
            {
                Contents = arrays,
                Wrap = content => Zip(("W1.npy", content), ("b1.npy", content)),
            },
            new("ends", ".safetensors", [.. FuzzModels.Of(ModelFormat.Safetensors)], UseModel)
            {
                Lies = Lies.OfSafetensors,
                Allowance = OfCommands,
            },
            new("ends-onnx", ".onnx", [FuzzModels.Of(ModelFormat.Onnx).First()], UseModel)
            {
                Lies = Lies.OfMessage,
                Allowance = OfCommands,
            },
            new("ends-npz", ".npz", [FuzzModels.Of(ModelFormat.Npz).First()], UseModel) { Lies = Lies.OfZip, Allowance = OfCommands },
            new("checkpoint", ".safetensors", [checkpoint], UseCheckpoint) { Lies = Lies.OfSafetensors },
            new("dataset", ".dataset", [.. DataSets(folder, sent).Select(DatasetFile.ToBytes)], ReadDataset) { Lies = Lies.OfDataset },
            new("dataset-head", ".dataset", [types], ReadDataset)
            {
                Contents = [HeadOf(types)],
                Wrap = head => [.. BitConverter.GetBytes(head.Length), .. head, .. PackedOf(types)],
            },
            new("dataset-body", ".dataset", [types], ReadDataset)
            {
                Contents = [Unpacked(PackedOf(types))],
                Wrap = body => [.. types[..^PackedOf(types).Length], .. Deflate(body)],
            },
            new("epoch", ".json", [ResultFile.ToBytes(epoch)], ShowEpoch) { Lies = JsonLies.Of },
            new(
                "evaluation",
                ".json",
                [ResultFile.ToBytes(new MlpPredictor(model).Measure(sent))],
                ShowEvaluation) { Lies = JsonLies.Of },
        ];
    }

    private static void ReadIdx(string path)
    {
        using IdxFile file = IdxFile.Open(path, File.ReadAllBytes(path) is [_, _, _, 1, ..] ? 1 : 3);
        _ = file.Read(0, int.MaxValue);
    }

    /// <summary>Reads a table, makes a model for it where one can be, and lets that predict.</summary>
    private static void ReadTable(string path)
    {
        MlpDataset data = TableReader.Read(path, new TableReadOptions()).ToDataset(new TableOptions { Label = ["-1"] });
        _ = ColumnReport.Of(data).Count();
        _ = DatasetRows.Of(data).Count();
        var ends = ModelEnds.Fit(data, null, new EncodingOptions { Missing = MissingValues.Indicator });
        if (ends.Input.Size > MostFeatures)
            return;
        _ = new MlpPredictor(MlpModel.CreateFor(
            ends, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, seed: 1)).Measure(data);
    }

    /// <summary>Reads a data set, and looks at all that it holds.</summary>
    private static void ReadDataset(string path)
    {
        MlpDataset data = DatasetFile.Read(new MemoryStream(File.ReadAllBytes(path)));
        _ = DatasetRows.Of(data).Count();
        _ = data.Labels.Count + data.Targets.Count;
        _ = DatasetFile.ToBytes(data);
    }

    private static void UseModel(string path) => ModelCommands.Run(path, FuzzModels.Data);

    /// <summary>Reads a checkpoint as what it is, and as the model that it is too.</summary>
    private static void UseCheckpoint(string path)
    {
        UseModel(path);
        _ = CheckpointFile.Read(path);
    }

    private static void ShowEpoch(string path)
    {
        MlpEpoch epoch = ResultFile.ReadEpoch(new MemoryStream(File.ReadAllBytes(path)));
        ModelCommands.Show(Rows.Of(epoch, ModelCommands.Style));
        _ = ResultFile.ToBytes(epoch);
    }

    private static void ShowEvaluation(string path)
    {
        MlpEvaluation evaluation = ResultFile.ReadEvaluation(new MemoryStream(File.ReadAllBytes(path)));
        ModelCommands.Show(Cards.Of(evaluation, null, ModelCommands.Style));
        _ = ResultFile.ToBytes(evaluation);
    }

    private static byte[] Written(string folder, MlpModel model, string extension, WeightPrecision precision)
    {
        string path = Path.Combine(folder, $"seed{extension}");
        ModelFile.Write(model, path, precision: precision);
        return File.ReadAllBytes(path);
    }

    private static IEnumerable<MlpDataset> DataSets(string folder, MlpDataset sent) =>
        [sent, sent.WithTargets([1, 2], ["t"]).WithSampleWeights([1, 2]), Table(folder), Table(folder).WithoutOrigin(), Types()];

    private static MlpDataset Table(string folder)
    {
        string path = Path.Combine(folder, "sent.csv");
        File.WriteAllText(path, "x,y,kind\n1,2.5,a\n3,4.5,b\n5,6.5,a\n");
        return TableReader.Read(path, new TableReadOptions()).ToDataset(new TableOptions { Label = ["-1"] });
    }

    /// <summary>Columns of every kind, with gaps.</summary>
    private static MlpDataset Types()
    {
        var table = new MlpTable("types", ["number", "flag", "day", "moment", "span", "text", "exact", "kind"]);
        DateTime day = new(2024, 1, 2);
        DateTimeOffset moment = new(2024, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));
        table.Add([1.5, true, day, moment, TimeSpan.FromSeconds(90), "red", 0.1m, "a"]);
        table.Add([70_000, false, day.AddSeconds(7), DateTimeOffset.UnixEpoch, TimeSpan.FromHours(-1), "blue", 2m, "b"]);
        table.Add([null, null, null, null, null, null, null, "a"]);
        return table.ToDataset(new TableOptions { Label = ["kind"], IsAside = name => name is "moment" });
    }

    /// <summary>What a data set says of itself, in JSON after its length.</summary>
    private static byte[] HeadOf(byte[] dataset) => dataset[sizeof(int)..^PackedOf(dataset).Length];

    private static byte[] PackedOf(byte[] dataset) => dataset[(sizeof(int) + BitConverter.ToInt32(dataset))..];

    private static byte[] Deflate(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest))
            deflate.Write(content);
        return packed.ToArray();
    }

    private static byte[] Unpacked(byte[] packed)
    {
        using var content = new MemoryStream();
        using var deflate = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
        deflate.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(content);
        return packed.ToArray();
    }

    internal static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                entry.Write(content);
            }
        }

        return packed.ToArray();
    }
}
