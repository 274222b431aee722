using BenchmarkDotNet.Attributes;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Benchmarks;

/// <summary>Predictions of 784-128-64-10 over MNIST's test images.</summary>
[MemoryDiagnoser]
public class InferenceBenchmarks
{
    private readonly float[] _probabilities = new float[10_000 * 10];
    private MlpDataset _data = null!;
    private MlpPredictor _predictor = null!;

    /// <summary>Creates network and data.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _data = MnistReader.Read(Paths.Mnist, MnistSplit.Test);
        _predictor = new MlpPredictor(MlpModel.Create(784, new HiddenLayers([128, 64], [Activation.ReLU]), 10, Initializer.Default, 1));
    }

    /// <summary>All 10,000 images.</summary>
    [Benchmark]
    public void AllImages() => _predictor.Predict(_data, 0, _data.Count, _probabilities);

    /// <summary>One image.</summary>
    [Benchmark]
    public void OneImage() => _predictor.Predict(_data, 7, 1, _probabilities);
}
