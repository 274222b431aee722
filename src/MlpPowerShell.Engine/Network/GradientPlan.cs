namespace MlpPowerShell.Engine.Network;

/// <summary>A stretch of the parameters whose gradient is finished at once.</summary>
internal readonly record struct ParameterPart(int Index, long Offset, int Length)
{
    /// <summary>Whether it holds weights of connections, and not biases, scales or slopes.</summary>
    public bool IsWeights { get; init; }
}

/// <summary>
/// A block of a layer's weight gradient, some panels wide, each a part of the parameters; without rows, the layer's bias gradient, and as a
/// part of its own that of its slopes, if it has some.
/// </summary>
internal readonly record struct GradientBlock(int Layer, int Row, int Rows, int Column, int Panels, int FirstPart);

/// <summary>
/// How the gradient of all parameters but the weights of one-hot inputs is cut into blocks, which workers sum one at a time. It depends on
/// the sizes alone.
/// </summary>
internal sealed class GradientPlan
{
    /// <summary>Rows of a block. Its inputs, packed for the product, take 48 × 256 floats at most.</summary>
    public const int BlockRows = 48;

    /// <summary>Columns of a block, in panels: the more, the less often its inputs are packed again.</summary>
    public const int BlockPanels = 8;

    public GradientPlan(ParameterLayout layout)
    {
        var blocks = new List<GradientBlock>();
        var parts = new List<ParameterPart>();
        int panelWidth = layout.Kernel.PanelWidth;

        // The biases first, with the scales and slopes that follow them: they are little work, and from then on the gradient is finished
        // from its start to its end, which is how ranks exchange it.
        for (int i = 0; i < layout.Layers.Length; i++)
        {
            LayerLayout layer = layout.Layers[i];
            blocks.Add(new GradientBlock(i, 0, 0, 0, 0, parts.Count));
            parts.Add(new ParameterPart(parts.Count, layer.BiasOffset, (int)(layer.SlopeOffset - layer.BiasOffset)));
            if (layer.LearnsSlopes)
                parts.Add(new ParameterPart(parts.Count, layer.SlopeOffset, layer.Width));
        }

        for (int i = 0; i < layout.Layers.Length; i++)
        {
            LayerLayout layer = layout.Layers[i];
            for (int column = 0; column < layer.Width; column += BlockPanels * panelWidth)
            {
                for (int row = 0; row < layer.Inputs; row += BlockRows)
                {
                    int rows = Math.Min(BlockRows, layer.Inputs - row);
                    int panels = Math.Min(BlockPanels, (layer.Width - column + panelWidth - 1) / panelWidth);
                    blocks.Add(new GradientBlock(i, row, rows, column, panels, parts.Count));
                    for (int panel = 0; panel < panels; panel++)
                    {
                        int first = column + (panel * panelWidth);
                        int width = Math.Min(panelWidth, layer.Width - first);
                        parts.Add(new ParameterPart(
                            parts.Count, layer.WeightOffset + ((long)first * layer.Inputs) + ((long)row * width), rows * width)
                        { IsWeights = true });
                    }
                }
            }
        }

        Blocks = [.. blocks];
        Parts = [.. parts];
    }

    public GradientBlock[] Blocks { get; }

    /// <summary>Together they are all parameters but the weights of one-hot inputs.</summary>
    public ParameterPart[] Parts { get; }
}
