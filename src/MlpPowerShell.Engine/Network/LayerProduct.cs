using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>The product of some samples' values with the weights of a layer, or with their transpose, a panel after another.</summary>
/// <param name="Samples">How many samples.</param>
/// <param name="Terms">Values of a sample.</param>
/// <param name="Width">Sums of a sample: whole vectors.</param>
/// <param name="InputStride">Floats from one sample's values to the next.</param>
/// <param name="OutputStride">Floats from one sample's sums to the next.</param>
internal readonly record struct LayerProduct(int Samples, int Terms, int Width, int InputStride, int OutputStride)
{
    /// <summary>Writes the sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Run(Kernel kernel, float* input, float* panels, float* output)
    {
        for (int column = 0; column < Width; column += kernel.PanelWidth)
        {
            int panelWidth = Math.Min(kernel.PanelWidth, Width - column);
            float* panel = panels + ((long)column * Terms);
            var arrays = new ProductArrays(input, InputStride, 1, panel, panelWidth, output + column, OutputStride);
            kernel.Multiply(Samples, panelWidth, Terms, arrays, SumMode.Set);
        }
    }
}
