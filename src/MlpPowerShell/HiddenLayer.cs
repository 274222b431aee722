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
}
