using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>The hidden layers that a model is made of.</summary>
/// <param name="Sizes">Units of each, from the inputs on; none for softmax regression.</param>
/// <param name="Activations">One activation for all of them, or one for each.</param>
public sealed record HiddenLayers(IReadOnlyList<int> Sizes, IReadOnlyList<Activation> Activations)
{
    /// <summary>Whether their sums are normalized over the samples of a batch (Ioffe and Szegedy, 2015).</summary>
    public bool BatchNormalization { get; init; }

    /// <summary>What keeps the denominator of batch normalization off zero, at least 1e-12.</summary>
    [Within("The epsilon of batch normalization", 1e-12)]
    public double NormalizationEpsilon { get; init; } = Network.BatchNormalization.DefaultEpsilon;

    /// <summary>The activation of one of them.</summary>
    /// <param name="layer">Which, from 0.</param>
    internal Activation ActivationOf(int layer) => Activations[Activations.Count == 1 ? 0 : layer];

    /// <summary>Refuses sizes that no layer has, and activations that are not as many as the layers.</summary>
    internal void Check()
    {
        OptionCheck.Ranges(this);
        foreach (int size in Sizes)
        {
            if (size < 1)
            {
                throw new MlpException(
                    "InvalidHiddenSize", MlpErrorKind.InvalidArgument, $"A hidden size is {size}; each must be at least 1, as in 128, 64.");
            }
        }

        if (Sizes.Count > 0 && Activations.Count != 1 && Activations.Count != Sizes.Count)
        {
            throw new MlpException(
                "ActivationCountMismatch",
                MlpErrorKind.Mismatch,
                $"There are {Activations.Count} activations for {Listing.Count(Sizes.Count, "hidden layer")}; give one for all of them or "
                + $"one for each.");
        }
    }
}
