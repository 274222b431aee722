using System.Diagnostics;
using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Benchmarks;

/// <summary>Reads a table of 15 mixed columns, and trains with one of them as a number and as categories in turn, an epoch each.</summary>
internal static class TableRace
{
    private const int Categories = 10_000;
    private const string Header = "number,category,n1,n2,n3,n4,n5,n6,n7,c1,c2,c3,day,span,flag1,flag2,y";

    public static void Run(IEnumerable<Workload> workloads, int rows, int rounds, int threads)
    {
        string path = Path.Combine(Path.GetTempPath(), $"mlp-table-{Environment.ProcessId}.csv");
        try
        {
            Write(path, rows);
            long start = Stopwatch.GetTimestamp();
            MlpTable table = TableReader.Read(path, new TableReadOptions());
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            MlpDataset numbers = Dataset(table, without: "category"), categories = Dataset(table, without: "number");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{rows} rows, {new FileInfo(path).Length / 1e6:F0} MB: read in {seconds:F2} s; {numbers.MemoryBytes / 1e6:F1} MB "
                + $"with the number, {categories.MemoryBytes / 1e6:F1} with the categories"));
            foreach (Workload workload in workloads)
                Race(workload, numbers, categories, rounds, threads);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Race(Workload workload, MlpDataset numbers, MlpDataset categories, int rounds, int threads)
    {
        using IEnumerator<MlpEpoch> ofNumbers =
            Training(workload, numbers, threads), ofCategories = Training(workload, categories, threads);
        var seconds = new (double Number, double Categories)[rounds];
        for (int round = -1; round < rounds; round++)
        {
            // The first epoch of each prepares the data.
            (double Number, double Categories) times = (Epoch(ofNumbers), Epoch(ofCategories));
            if (round >= 0)
                seconds[round] = times;
        }

        // The machine may change its speed within a second, and so the ratio is that of neighbours.
        double number = Median(seconds.Select(times => times.Number)), category = Median(seconds.Select(times => times.Categories));
        double ratio = Median(seconds.Select(times => times.Categories / times.Number));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{workload.Text,-20} number {number * 1000,7:F1} ms  categories {category * 1000,7:F1} ms  {ratio:F2}x"));
    }

    private static IEnumerator<MlpEpoch> Training(Workload workload, MlpDataset data, int threads)
    {
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers(workload.HiddenSizes, [Activation.ReLU]), Initializer.Default, 1);
        return MlpTrainer.Train(model, data, null, new TrainingOptions
        {
            Epochs = int.MaxValue,
            LearningRate = workload.LearningRate,
            BatchSize = workload.BatchSize,
            Optimizer = new OptimizerOptions { Kind = workload.Optimizer },
            ThreadCount = threads,
        }).GetEnumerator();
    }

    private static double Epoch(IEnumerator<MlpEpoch> training)
    {
        long start = Stopwatch.GetTimestamp();
        training.MoveNext();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    private static MlpDataset Dataset(MlpTable table, string without) =>
        table.ToDataset(new TableOptions { Label = ["y"], IsFeature = name => name != without });

    private static void Write(string path, int rows)
    {
        var random = new Random(1);
        using var text = new StreamWriter(path);
        text.WriteLine(Header);
        for (int row = 0; row < rows; row++)
        {
            int code = random.Next(Categories);
            string numbers = string.Join(
                ',', Enumerable.Range(0, 7).Select(_ => Math.Round(100 * random.NextDouble(), 2).ToString(CultureInfo.InvariantCulture)));
            text.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{code},c{code},{numbers},a{random.Next(5)},b{random.Next(20)},d{random.Next(8)},"
                    + $"{new DateTime(2024, 1, 1).AddDays(random.Next(700)):yyyy-MM-dd},{TimeSpan.FromSeconds(random.Next(80_000))},"
                    + $"{random.Next(2) == 1},{random.Next(2) == 1},{(code % 7 > 3 ? 'p' : 'q')}"));
        }
    }
}
