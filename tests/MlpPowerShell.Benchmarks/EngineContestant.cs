using System.Diagnostics;
using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Distribution;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Benchmarks;

/// <summary>The engine's side of <see cref="Contestant"/>.</summary>
internal static class EngineContestant
{
    public static void Run(Workload workload, string dataFolder, int threads)
    {
        // As when the module is imported.
        Task warmUp = Task.Run(WarmUp.Run);
        MlpDataset train = MnistReader.Read(dataFolder, MnistSplit.Train);
        MlpDataset test = MnistReader.Read(dataFolder, MnistSplit.Test);
        bool notebook = workload.BatchSize is null;
        MlpModel model = MlpModel.Create(
            train.FeatureCount,
            new HiddenLayers(workload.HiddenSizes, notebook ? [Activation.ReLU, Activation.Named("Sigmoid")] : [Activation.ReLU]),
            train.ClassCount,
            notebook ? Initializer.LeCun : Initializer.Default,
            1);
        var options = new TrainingOptions
        {
            Epochs = int.MaxValue,
            LearningRate = workload.LearningRate,
            BatchSize = workload.BatchSize,
            Optimizer = new OptimizerOptions { Kind = workload.Optimizer },
            ThreadCount = threads,
            Ranks = MlpRank.Current.Ranks > 1 ? Communicator.Join() : null,
        };
        warmUp.Wait();
        GC.Collect();
        long before = Environment.WorkingSet;
        using IEnumerator<MlpEpoch> epochs = MlpTrainer.Train(model, train, test, options).GetEnumerator();
        if (options.Ranks is { Rank: > 0 })
        {
            while (epochs.MoveNext())
            {
                // Rank 0 says when.
            }

            return;
        }

        Console.WriteLine("ready");
        while (Console.ReadLine() is not null && epochs.MoveNext())
        {
            using Process process = Process.GetCurrentProcess();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{epochs.Current.Elapsed.TotalSeconds} {(process.PeakWorkingSet64 - before) / 1e6}"));
        }
    }
}
