using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>Where one layer's parameters stand in the working buffers.</summary>
/// <param name="Inputs">Values in.</param>
/// <param name="Outputs">Units.</param>
/// <param name="Width">Units rounded up to whole vectors; the weights of the rest are 0 and stay so.</param>
/// <param name="WeightOffset">Where the weights start.</param>
/// <param name="BiasOffset">Where the biases start.</param>
/// <param name="Activation">The activation function, or null for the output layer.</param>
internal readonly record struct LayerLayout(int Inputs, int Outputs, int Width, long WeightOffset, long BiasOffset, Activation? Activation)
{
    private const int CacheLine = 16;

    /// <summary>
    /// Floats from one sample's values to the next: the width, but never a multiple of 1 KiB, as rows that far apart share few sets
    /// of the caches and drive each other out.
    /// </summary>
    public int Stride => Width % (16 * CacheLine) == 0 ? Width + CacheLine : Width;
}

/// <summary>
/// How a trainer lays out all parameters of a model in one buffer. A layer's weights [in, out] are cut into panels of columns,
/// each stored row after row, which is how the products read them; its biases follow. Gradients and optimizer state are laid out
/// alike, so that an update is one walk over whole buffers.
/// </summary>
internal sealed unsafe class ParameterLayout
{
    public ParameterLayout(MlpModel model, Kernel kernel)
    {
        Kernel = kernel;
        Layers = new LayerLayout[model.Layers.Count];
        for (int i = 0; i < Layers.Length; i++)
        {
            MlpLayer layer = model.Layers[i];
            int width = kernel.Pad(layer.OutputSize);
            long biasOffset = Length + ((long)layer.InputSize * width);
            Layers[i] = new LayerLayout(layer.InputSize, layer.OutputSize, width, Length, biasOffset, layer.Activation);
            Length = biasOffset + width;
        }
    }

    public Kernel Kernel { get; }

    public LayerLayout[] Layers { get; }

    /// <summary>Floats of all parameters, padding included.</summary>
    public long Length { get; }

    /// <summary>Copies a model's parameters into a buffer.</summary>
    public void Pack(MlpModel model, AlignedBuffer target)
    {
        for (int i = 0; i < Layers.Length; i++)
        {
            MlpLayer layer = model.Layers[i];
            foreach (PanelRow part in Rows(i))
                layer.WeightStorage.AsSpan(part.Start, part.Length).CopyTo(new Span<float>(target.Pointer + part.Offset, part.Length));
            layer.BiasStorage.CopyTo(new Span<float>(target.Pointer + Layers[i].BiasOffset, Layers[i].Outputs));
        }
    }

    /// <summary>Copies a buffer's parameters into a model.</summary>
    public void Unpack(AlignedBuffer source, MlpModel model)
    {
        for (int i = 0; i < Layers.Length; i++)
        {
            UnpackWeights(source, i, model.Layers[i].WeightStorage);
            UnpackBiases(source, i, model.Layers[i].BiasStorage);
        }
    }

    /// <summary>Copies one layer's weights, or what is laid out like them, out of a buffer, [in, out] row after row.</summary>
    public void UnpackWeights(AlignedBuffer source, int layerIndex, Span<float> target)
    {
        foreach (PanelRow part in Rows(layerIndex))
            new Span<float>(source.Pointer + part.Offset, part.Length).CopyTo(target[part.Start..]);
    }

    /// <summary>Copies one layer's biases, or what is laid out like them, out of a buffer.</summary>
    public void UnpackBiases(AlignedBuffer source, int layerIndex, Span<float> target) =>
        new Span<float>(source.Pointer + Layers[layerIndex].BiasOffset, Layers[layerIndex].Outputs).CopyTo(target);

    /// <summary>Shortens the incoming weights of every unit whose norm is above a limit to it (max-norm; Srivastava et al., 2014, section 5.1).</summary>
    public void LimitNorms(AlignedBuffer weights, float limit)
    {
        foreach (LayerLayout layer in Layers)
        {
            for (int column = 0; column < layer.Width; column += Kernel.PanelWidth)
                Kernel.LimitColumns(layer.Inputs, Math.Min(Kernel.PanelWidth, layer.Width - column), weights.Pointer + layer.WeightOffset + ((long)column * layer.Inputs), limit);
        }
    }

    private IEnumerable<PanelRow> Rows(int layerIndex)
    {
        LayerLayout layer = Layers[layerIndex];
        for (int column = 0; column < layer.Outputs; column += Kernel.PanelWidth)
        {
            int panelWidth = Math.Min(Kernel.PanelWidth, layer.Width - column);
            int used = Math.Min(panelWidth, layer.Outputs - column);
            long panel = layer.WeightOffset + ((long)column * layer.Inputs);
            for (int row = 0; row < layer.Inputs; row++)
                yield return new PanelRow(panel + ((long)row * panelWidth), (row * layer.Outputs) + column, used);
        }
    }

    /// <summary>One row of one panel: where it is packed, where it starts in the plain [in, out] block, and its length.</summary>
    private readonly record struct PanelRow(long Offset, int Start, int Length);
}
