using System.Globalization;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell;

/// <summary>A hidden layer as it is asked for.</summary>
/// <param name="Size">Its units.</param>
/// <param name="Activation">Its activation, or null where that is said elsewhere.</param>
public readonly record struct HiddenLayer(int Size, Activation? Activation)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Size} {Activation}").TrimEnd();

    /// <summary>One activation for all hidden layers, or one for each: a layer's own goes before what is given beside them.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="given">One activation for all, or one for each; ReLU where there are none.</param>
    internal static Activation[] ActivationsOf(HiddenLayer[] layers, Activation[] given)
    {
        Activation[] others = given.Length > 0 ? given : [Engine.Kernels.Activation.ReLU];
        return Array.TrueForAll(layers, layer => layer.Activation is null) || (others.Length != 1 && others.Length != layers.Length)
            ? others
            : [.. layers.Select((layer, i) => layer.Activation ?? others[others.Length == 1 ? 0 : i])];
    }
}
