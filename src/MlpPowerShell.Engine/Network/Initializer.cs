using MathNet.Numerics.Distributions;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>How the weights of a layer start. Biases start at zero but with PyTorch's.</summary>
public enum Initializer
{
    /// <summary>He for ReLU and its relatives, LeCun for SELU, Xavier for the rest.</summary>
    Default,

    /// <summary>Normal with variance 2 / (fan-in + fan-out) (Glorot and Bengio, 2010).</summary>
    Xavier,

    /// <summary>Uniform with variance 2 / (fan-in + fan-out) (Glorot and Bengio, 2010, equation 16).</summary>
    XavierUniform,

    /// <summary>Normal with variance 2 / fan-in (He et al., 2015, equation 10).</summary>
    He,

    /// <summary>Uniform with variance 2 / fan-in.</summary>
    HeUniform,

    /// <summary>Normal with variance 1 / fan-in (LeCun et al., 1998), the notebook's.</summary>
    LeCun,

    /// <summary>Uniform with variance 1 / fan-in.</summary>
    LeCunUniform,

    /// <summary>All zeros.</summary>
    Zeros,

    /// <summary>
    /// Uniform from -1/√fan-in to 1/√fan-in, biases too, as those of PyTorch's and much like those of scikit-learn's layers: ReLUs bend at
    /// places spread over the data, where with biases of zero all of them bend at 0.
    /// </summary>
    PyTorch,
}

internal static class InitializerExtensions
{
    /// <summary>Fills the weights of one layer.</summary>
    public static void Fill(this Initializer initializer, Span<float> weights, int fanIn, int fanOut, Activation activation, Random random)
    {
        if (initializer == Initializer.Default)
        {
            initializer = activation.Family switch
            {
                ActivationFamily.Linear => Initializer.Xavier,
                ActivationFamily.Rectifier => Initializer.He,
                ActivationFamily.SelfNormalizing => Initializer.LeCun,
            };
        }

        double variance = initializer switch
        {
            Initializer.Xavier or Initializer.XavierUniform => 2.0 / (fanIn + fanOut),
            Initializer.He or Initializer.HeUniform => 2.0 / fanIn,
            Initializer.LeCun or Initializer.LeCunUniform => 1.0 / fanIn,
            Initializer.PyTorch => 1.0 / (3 * fanIn),
            Initializer.Zeros => 0,
            Initializer.Default => throw new InvalidOperationException("The default is another one."),
        };
        double deviation = Math.Sqrt(variance);
        bool uniform = initializer is Initializer.XavierUniform or Initializer.HeUniform or Initializer.LeCunUniform or Initializer.PyTorch;

        // A uniform distribution from -a to a has the variance a² / 3.
        double bound = deviation * Math.Sqrt(3);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)(variance == 0
                ? 0
                : uniform
                ? ContinuousUniform.Sample(random, -bound, bound)
                : Normal.Sample(random, 0, deviation));
        }
    }

    /// <summary>Fills the biases of one layer, where they are not to be zero.</summary>
    public static void FillBiases(this Initializer initializer, Span<float> biases, int fanIn, Random random)
    {
        if (initializer == Initializer.PyTorch)
            initializer.Fill(biases, fanIn, biases.Length, Activation.Identity, random);
    }
}
