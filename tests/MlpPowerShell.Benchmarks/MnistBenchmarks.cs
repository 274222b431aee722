using BenchmarkDotNet.Attributes;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Benchmarks;

/// <summary>Reading MNIST from its gzipped files.</summary>
[MemoryDiagnoser]
public class MnistBenchmarks
{
    private readonly string _folder = Paths.Mnist;

    /// <summary>The 60,000 training images.</summary>
    [Benchmark]
    public MlpDataset Train() => MnistReader.Read(_folder, MnistSplit.Train);
}
