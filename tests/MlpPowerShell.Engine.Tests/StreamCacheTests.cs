using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Streamed rows come from a cache as they come from their text, and leave nothing behind.</summary>
public sealed class StreamCacheTests : IDisposable
{
    private const string Header = "n,price,long,when,clock,took,flag,city,gap,late,note,y";

    private static readonly TableReadOptions _plain = new();
    private static readonly TableOptions _meaning = new()
    {
        Label = ["y"],
        IsAside = name => name == "note",
        IsFeature = name => name != "note",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(300_000)]
    [InlineData(1_500_000)]
    [InlineData(1 << 28)]
    public void Rows_and_their_places_are_those_of_the_text(long memoryLimit)
    {
        string path = Write(5_003);
        MlpDataset cached = Open(path, memoryLimit, _folder), plain = Open(path, memoryLimit, null);
        Assert.True(cached.Cache is { Bytes: > 0, Failure: null } && cached.Cache.Folder == _folder);
        Assert.True(plain.Cache is { Bytes: 0, Failure: null, Folder: null });
        foreach (int? seed in new int?[] { null, 3 })
        {
            MlpDataset[] chunks = [.. cached.Parts(seed)], others = [.. plain.Parts(seed)];
            Assert.Equal(others.Select(chunk => chunk.Count), chunks.Select(chunk => chunk.Count));
            foreach ((MlpDataset chunk, MlpDataset other) in chunks.Zip(others))
            {
                Assert.Equal(Rows(other), Rows(chunk));
                Assert.Equal(other.Name, chunk.Name);
                foreach (int row in new[] { 0, chunk.Count / 2, chunk.Count - 1 })
                    Assert.Equal(other.PlaceOf(row), chunk.PlaceOf(row));
            }
        }
    }

    [Fact]
    public void Trainings_come_to_the_same_bits()
    {
        string path = Write(5_003);
        float[][] weights = [.. new[] { _folder, null }.Select(folder =>
        {
            MlpDataset data = Open(path, 1_500_000, folder);
            MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([8], [Activation.ReLU]), Initializer.Default, 1);
            var options = new TrainingOptions
            {
                Epochs = 3,
                LearningRate = 0.001,
                BatchSize = 64,
                Optimizer = new OptimizerOptions { Kind = OptimizerKind.Adam },
                Seed = 5,
            };
            Assert.Equal(3, MlpTrainer.Train(model, data, null, options).Count());
            return model.Layers.SelectMany(layer => layer.Weights.Enumerate()).ToArray();
        })];
        Assert.Equal(weights[1], weights[0]);
    }

    [Fact]
    public void A_cache_has_no_name_and_goes_with_its_data_set()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks at the open files of the process.");
        string path = Write(600);
        string caches = Directory.CreateDirectory(Path.Combine(_folder, "caches")).FullName;
        Use(path, caches);
        Assert.Empty(Directory.GetFileSystemEntries(caches));

        // A stack or a register may still hold a reference that nothing uses any more, until something else takes its place.
        for (int i = 0; i < 20 && OpenIn(caches) > 0; i++)
        {
            Use(path, Directory.CreateDirectory(Path.Combine(_folder, "others")).FullName);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(0, OpenIn(caches));
    }

    [Fact]
    public void Where_no_cache_can_be_kept_the_text_is_read_and_why_is_told()
    {
        string path = Write(600);
        string missing = Path.Combine(_folder, "missing");
        MlpDataset data = Open(path, 1 << 24, missing);
        Assert.Equal((missing, 0L), (data.Cache!.Folder, data.Cache.Bytes));
        Assert.NotEmpty(data.Cache.Failure!);
        Assert.Equal(600, data.Parts().Sum(part => part.Count));

        // A file where a folder should be.
        Assert.NotEmpty(Open(path, 1 << 24, path).Cache!.Failure!);
        if (OperatingSystem.IsLinux())
        {
            // Its file system has no room for anything.
            Assert.Contains("MB left", Open(path, 1 << 24, "/proc").Cache!.Failure);
        }
    }

    [Fact]
    public void Numbers_with_more_digits_than_a_double_holds_are_read_from_the_text()
    {
        string path = Path.Combine(_folder, "d.csv");
        File.WriteAllText(path, "d,y\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"{i + 1}234567890123456.25,{i % 2}\n")));
        MlpDataset data = TableReader.OpenStream(path, _plain, new TableOptions(), new StreamOptions { CacheFolder = _folder });
        MlpDataset plain = TableReader.OpenStream(path, _plain, new TableOptions(), new StreamOptions { CacheFolder = null });
        Assert.Equal(plain.Parts().SelectMany(Rows), data.Parts().SelectMany(Rows));
    }

    [Fact]
    public void A_file_that_changes_is_noticed_though_its_length_stays()
    {
        string path = Write(2_000);
        MlpDataset data = Open(path, 300_000, _folder), other = Open(path, 300_000, _folder);
        IEnumerator<MlpDataset> chunks = data.Parts().GetEnumerator();
        Assert.True(chunks.MoveNext());
        Assert.Equal(Rows(other.Parts().First()), Rows(chunks.Current));
        string text = File.ReadAllText(path);
        File.WriteAllText(path, text.Replace("blue", "pink", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(3));
        Assert.Equal("DatasetChanged", Assert.Throws<MlpException>(() =>
        {
            while (chunks.MoveNext())
            {
            }
        }).ErrorId);
        File.Delete(path);
        Assert.Equal("FileUnreadable", Assert.Throws<MlpException>(() => other.Parts().Count()).ErrorId);
    }

    [Fact]
    public void A_column_beside_the_features_is_the_same_thing_in_all_rows()
    {
        string path = Path.Combine(_folder, "aside.csv");
        IEnumerable<string> rows = Enumerable.Range(0, 3_000).Select(i => $"{(i < 1_024 ? $"{i}" : $"A{i}")},{i},{i % 2}\n");
        File.WriteAllText(path, "id,x,y\n" + string.Concat(rows));
        var meaning = new TableOptions { Label = ["y"], IsAside = name => name == "id", IsFeature = name => name == "x" };
        foreach (string? folder in new[] { _folder, null })
        {
            // A block in each chunk, so that the first ones hold numbers alone.
            var options = new StreamOptions { MemoryLimit = 60_000, CacheFolder = folder };
            MlpDataset data = TableReader.OpenStream(path, _plain, meaning, options);
            Assert.All(data.Parts(), part => Assert.Equal(ColumnKind.Category, part.AsideColumns[0].Kind));
            Assert.Equal("0", data.Parts().First().AsideColumns[0].TextAt(0));
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Use(string path, string caches)
    {
        MlpDataset data = Open(path, 1 << 24, caches);
        Assert.Equal(600, data.Parts().Sum(part => part.Count));
        Assert.Equal(1, OpenIn(caches));
        GC.KeepAlive(data);
    }

    private static int OpenIn(string folder) => Directory.GetFiles("/proc/self/fd")
        .Count(entry => new FileInfo(entry).LinkTarget?.StartsWith(folder + "/", StringComparison.Ordinal) == true);

    private static MlpDataset Open(string path, long memoryLimit, string? folder) => TableReader.OpenStream(
        path, _plain, _meaning, new StreamOptions { MemoryLimit = memoryLimit, CacheFolder = folder });

    private static IEnumerable<string> Rows(MlpDataset data) =>
        DatasetRows.Of(data).Select(row => string.Join(
            '|', row.Select(cell => $"{cell.Key}={cell.Value}:{cell.Value?.GetType().Name}")));

    /// <summary>A table of all kinds of columns, whose later rows need wider numbers; one misses its first thousands.</summary>
    private string Write(int rows)
    {
        string path = Path.Combine(_folder, "t.csv");
        var random = new Random(1);
        string Row(int i) => string.Join(
            ',',
            i < 1_000 ? i % 200 : i * 31_337L % 4_000_000,
            (i % 977 / 100m).ToString(CultureInfo.InvariantCulture),
            i < 2_000 ? i : 3_000_000_000L + i,
            $"{2000 + (i % 25)}-0{(i % 9) + 1}-1{i % 10}",
            $"2024-01-02T03:04:0{i % 10}{(i > 3_000 ? $".00{i % 7}" : string.Empty)}Z",
            $"0{i % 9}:10:00",
            i % 3 == 0 ? "true" : "false",
            i % 11 == 0 ? string.Empty : i % 5 == 0 ? "\"blue, or\nso\"" : i % 2 == 0 ? "blue" : $"green{i % 700}",
            i % 7 == 0 ? string.Empty : random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
            i < 4_000 ? string.Empty : "z" + (i % 3),
            $"note {i}",
            random.NextDouble().ToString("F3", CultureInfo.InvariantCulture));
        File.WriteAllText(path, Header + "\n" + string.Concat(Enumerable.Range(0, rows).Select(i => Row(i) + "\n")));
        return path;
    }
}
