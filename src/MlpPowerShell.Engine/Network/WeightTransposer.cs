using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>Transposes the weights of all layers but the first, for the products that take deltas back.</summary>
internal sealed unsafe class WeightTransposer
{
    private readonly ParameterLayout _layout;
    private readonly Kernel _kernel;
    private readonly AlignedBuffer?[] _transposed;
    private readonly Panel[] _panels;
    private readonly Action<int, int> _transposePanel;
    private float* _weights;

    public WeightTransposer(ParameterLayout layout)
    {
        _layout = layout;
        _kernel = layout.Kernel;
        _transposed = [.. layout.Layers.Select((layer, i) => i > 0
            ? new AlignedBuffer((long)layer.Outputs * _kernel.Pad(layer.Inputs))
            : null)];
        _panels = [.. Enumerable.Range(1, layout.Layers.Length - 1).SelectMany(PanelsOf)];
        _transposePanel = TransposePanel;
    }

    /// <summary>A layer's transposed weights, [out, in] in panels.</summary>
    public float* Transposed(int layer) => _transposed[layer]!.Pointer;

    /// <summary>Transposes the weights as they are now.</summary>
    public void Transpose(float* weights, int threads)
    {
        _weights = weights;
        WorkerPool.Shared.Run(_panels.Length, threads, _transposePanel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransposePanel(int index, int worker)
    {
        Panel panel = _panels[index];
        LayerLayout layer = _layout.Layers[panel.Layer];
        float* target = _transposed[panel.Layer]!.Pointer + ((long)panel.Column * layer.Outputs);
        int inputs = Math.Min(panel.Width, layer.Inputs - panel.Column);
        for (int column = 0; column < layer.Outputs; column += _kernel.PanelWidth)
        {
            int sourceWidth = Math.Min(_kernel.PanelWidth, layer.Width - column);
            int outputs = Math.Min(sourceWidth, layer.Outputs - column);
            float* source = _weights + layer.WeightOffset + ((long)column * layer.Inputs) + ((long)panel.Column * sourceWidth);
            Transposition.Run(inputs, outputs, source, sourceWidth, target + ((long)column * panel.Width), panel.Width);
        }
    }

    private IEnumerable<Panel> PanelsOf(int layer)
    {
        int width = _kernel.Pad(_layout.Layers[layer].Inputs);
        for (int column = 0; column < width; column += _kernel.PanelWidth)
            yield return new Panel(layer, column, Math.Min(_kernel.PanelWidth, width - column));
    }

    /// <summary>Some columns of a layer's transposed weights.</summary>
    private readonly record struct Panel(int Layer, int Column, int Width);
}
