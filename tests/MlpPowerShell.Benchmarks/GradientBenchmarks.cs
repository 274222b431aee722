using BenchmarkDotNet.Attributes;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Benchmarks;

/// <summary>Forward and backward pass over a batch: how the cost grows with batch, width, depth and threads.</summary>
public class GradientBenchmarks
{
    private BackwardPass _network = null!;
    private Samples _samples = null!;
    private AlignedBuffer _weights = null!;
    private AlignedBuffer _gradient = null!;

    /// <summary>Batches, widths and depths, each on one thread and on all.</summary>
    public static IEnumerable<Step> Steps =>
        from threads in new[] { 1, Environment.ProcessorCount }.Distinct()
        from shape in new[]
        {
            ("128-64", 32), ("128-64", 128), ("128-64", 512), ("128-64", 4096), ("32", 128), ("128", 128), ("512", 128), ("2048", 128),
            ("256-256", 128), ("256-256-256-256", 128), ("1024-1024", 256)
        }
        select new Step(shape.Item1, shape.Item2, threads);

    /// <summary>The step to time.</summary>
    [ParamsSource(nameof(Steps))]
    public Step Step { get; set; } = null!;

    /// <summary>Creates network and data.</summary>
    [GlobalSetup]
    public void Setup()
    {
        MlpDataset data = MnistReader.Read(Paths.Mnist, MnistSplit.Train, 0, Step.BatchSize);
        MlpModel model = MlpModel.Create(784, new HiddenLayers(Step.HiddenSizes, [Activation.ReLU]), 10, Initializer.Default, 1);
        _samples = model.Ends.Encode(data, EncodingPurpose.Training, null);
        var layout = new ParameterLayout(model, Kernel.Best);
        _weights = new AlignedBuffer(layout.Length);
        _gradient = new AlignedBuffer(layout.Length);
        layout.Pack(model, _weights);
        _network = new BackwardPass(layout, Step.BatchSize, Step.Threads);
    }

    /// <summary>One batch forward and back.</summary>
    [Benchmark]
    public void Gradient() => _network.Gradient(new Batch(_samples, null, 0, _samples.Count), _weights, _gradient);
}

/// <summary>One batch through 784-…-10.</summary>
public sealed record Step(string Hidden, int BatchSize, int Threads) : IWork
{
    /// <summary>Units of each hidden layer.</summary>
    public int[] HiddenSizes => [.. Hidden.Split('-').Select(int.Parse)];

    /// <inheritdoc/>
    public double Operations
    {
        get
        {
            int[] sizes = [784, .. HiddenSizes, 10];
            double weights = sizes.Zip(sizes.Skip(1), (inputs, outputs) => (double)inputs * outputs).Sum();

            // Forward, weight gradient, and input gradient but for the first layer.
            return 2.0 * BatchSize * ((3 * weights) - (sizes[0] * sizes[1]));
        }
    }

    /// <inheritdoc/>
    public int Lanes => Kernel.Best.Lanes;

    /// <inheritdoc/>
    public override string ToString() => $"784-{Hidden}-10, batch {BatchSize}, threads {Threads}";
}
