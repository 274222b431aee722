using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// The average of the weights on their way, which is what a training measures and leaves: of all steps, the later the more (Polyak and
/// Juditsky, 1992, as an exponential moving average), or of the ends of epochs, all alike (Izmailov et al., 2018, section 3.2).
/// </summary>
internal sealed class WeightAverage
{
    private readonly double _decay;
    private readonly int? _from;
    private readonly LongVectors _vectors;

    /// <param name="options">How to average.</param>
    /// <param name="layout">How the weights are laid out.</param>
    public WeightAverage(TrainingOptions options, ParameterLayout layout)
    {
        _decay = options.AverageDecay;
        _from = options.AverageFrom;
        _vectors = new LongVectors(layout.Kernel, layout.Length);
        Weights = new AlignedBuffer(layout.Length);
    }

    /// <summary>
    /// The average, running statistics of batch normalization included; where there is none yet, the weights at the start.
    /// </summary>
    public AlignedBuffer Weights { get; }

    /// <summary>Steps or epochs that are in it.</summary>
    public long Count { get; set; }

    /// <summary>Begins anew where a training starts.</summary>
    public void Begin(AlignedBuffer weights)
    {
        weights.CopyTo(Weights);
        Count = 0;
    }

    /// <summary>
    /// Takes in the weights after a step: average += (1 - d) × (weights - average). Its first steps count more, so that the weights at the
    /// start are soon forgotten: d = min(decay, (1 + t) / (10 + t)) at step t, as in TensorFlow.
    /// </summary>
    public void TakeStep(AlignedBuffer weights, int threads)
    {
        if (_decay == 0)
            return;
        Count++;
        Approach(weights, 1 - Math.Min(_decay, (1.0 + Count) / (10.0 + Count)), threads);
    }

    /// <summary>Takes in the weights at the end of an epoch, where it is one of those to average.</summary>
    /// <returns>Whether it is.</returns>
    public bool TakeEpoch(AlignedBuffer weights, int epoch, int threads)
    {
        if (!(epoch >= _from))
            return false;
        Count++;
        if (Count == 1)
            weights.CopyTo(Weights);
        else
            Approach(weights, 1.0 / Count, threads);
        return true;
    }

    private void Approach(AlignedBuffer weights, double factor, int threads)
    {
        _vectors.Threads = threads;
        _vectors.Approach(factor, weights, Weights);
    }
}
