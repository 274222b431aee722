using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>Where one layer's parameters stand in the working buffers.</summary>
/// <param name="Inputs">Values in; of the first layer, the dense ones.</param>
/// <param name="Outputs">Units.</param>
/// <param name="Width">Units rounded up to whole vectors; the weights of the rest are 0 and stay so.</param>
/// <param name="WeightOffset">Where the weights start.</param>
/// <param name="BiasOffset">Where the biases start.</param>
/// <param name="Activation">The activation function, or null for the output layer.</param>
/// <param name="IsNormalized">Whether scales follow the biases, and last come running means and running variances.</param>
internal readonly record struct LayerLayout(
    int Inputs, int Outputs, int Width, long WeightOffset, long BiasOffset, Activation? Activation, bool IsNormalized)
{
    private const int CacheLine = 16;

    /// <summary>Where the scales of batch normalization start.</summary>
    public long ScaleOffset => BiasOffset + Width;

    /// <summary>Where the slopes of PReLU start.</summary>
    public long SlopeOffset => IsNormalized ? ScaleOffset + Width : ScaleOffset;

    /// <summary>Where the running means of batch normalization start.</summary>
    public long MeanOffset => LearnsSlopes ? SlopeOffset + Width : SlopeOffset;

    /// <summary>Where its running variances start.</summary>
    public long VarianceOffset => MeanOffset + Width;

    /// <summary>Where the layer ends.</summary>
    public long End => IsNormalized ? VarianceOffset + Width : MeanOffset;

    /// <summary>Whether each unit learns a slope of its activation.</summary>
    public bool LearnsSlopes => Activation?.InitialSlope is not null;

    /// <summary>
    /// Floats from one sample's values to the next: the width, but never a multiple of 1 KiB, as rows that far apart share few sets
    /// of the caches and drive each other out.
    /// </summary>
    public int Stride => Width % (16 * CacheLine) == 0 ? Width + CacheLine : Width;
}

/// <summary>
/// Where the weights of one-hot inputs stand in the working buffers, a row of the first layer's width for each. Behind the rows, a gradient
/// has a mark for each.
/// </summary>
/// <param name="Count">Rows.</param>
/// <param name="CodeCount">How many rows a sample has at most.</param>
/// <param name="FirstInput">The first row's place among the inputs.</param>
/// <param name="Width">Floats of a row.</param>
/// <param name="Offset">Where the rows start.</param>
/// <param name="End">Where the marks end.</param>
internal readonly record struct OneHotLayout(int Count, int CodeCount, int FirstInput, int Width, long Offset, long End)
{
    /// <summary>Where the marks start.</summary>
    public long MarkOffset => RowOffset(Count);

    /// <summary>Where a row starts.</summary>
    public long RowOffset(int row) => Offset + ((long)row * Width);
}

/// <summary>
/// How a trainer lays out all parameters of a model in one buffer. A layer's weights [in, out] are cut into panels of columns,
/// each stored row after row, which is how the products read them; its biases follow. Last come the weights of one-hot inputs, a row
/// after another. Gradients and optimizer state are laid out alike, so that an update is one walk over whole buffers, or for one-hot inputs
/// over the rows that a batch has.
/// </summary>
internal sealed unsafe class ParameterLayout
{
    public ParameterLayout(MlpModel model, Kernel kernel)
    {
        Kernel = kernel;
        Loss = model.Loss;
        EachOutput = model.EachOutput;
        Focus = model.Focus;
        Calibration = model.Output.Calibration;
        NormalizationEpsilon = (float)(model.NormalizationEpsilon ?? 0);
        InputPlan plan = model.InputPlan;
        Layers = new LayerLayout[model.Layers.Count];
        for (int i = 0; i < Layers.Length; i++)
        {
            MlpLayer layer = model.Layers[i];
            int width = kernel.Pad(layer.OutputSize);
            int inputs = i == 0 ? plan.DenseCount : layer.InputSize;
            long biasOffset = Length + ((long)inputs * width);
            bool isNormalized = layer.Normalization is not null;
            Layers[i] = new LayerLayout(inputs, layer.OutputSize, width, Length, biasOffset, layer.Activation, isNormalized);
            Length = Layers[i].End;
        }

        int rowWidth = Layers[0].Width;
        long end = Length + ((long)plan.OneHotCount * rowWidth) + kernel.Pad(plan.OneHotCount);
        OneHot = new OneHotLayout(plan.OneHotCount, plan.CodeCount, plan.DenseCount, rowWidth, Length, end);
        Length = OneHot.End;
        Tensors = [.. model.Parameters.Select(parameter => TensorOf(parameter, plan))];
    }

    public Kernel Kernel { get; }

    public LayerLayout[] Layers { get; }

    /// <summary>Where the weights of one-hot inputs stand.</summary>
    public OneHotLayout OneHot { get; }

    /// <summary>Whether the hidden layers are normalized.</summary>
    public bool IsNormalized => Layers[0].IsNormalized;

    /// <summary>What the outputs go into.</summary>
    public LossKind Loss { get; }

    /// <inheritdoc cref="MlpModel.EachOutput"/>
    public OutputLoss? EachOutput { get; }

    /// <inheritdoc cref="MlpModel.Focus"/>
    public double Focus { get; }

    /// <inheritdoc cref="OutputHead.Calibration"/>
    public OutputCalibration? Calibration { get; }

    /// <summary>The layer whose first unit alone learns weights, and the others biases; -1 where there is none.</summary>
    public int HeldLayer => Loss.Function() == OutputFunction.Ordinal ? Layers.Length - 1 : -1;

    /// <summary>What keeps the denominators of batch normalization off zero.</summary>
    public float NormalizationEpsilon { get; }

    /// <summary>Floats of all parameters, padding and marks included.</summary>
    public long Length { get; }

    /// <summary>Where each of the model's parameters stands, in the order of <see cref="MlpModel.Parameters"/>.</summary>
    public ParameterTensor[] Tensors { get; }

    /// <summary>Copies a model's parameters into a buffer.</summary>
    public void Pack(MlpModel model, AlignedBuffer target)
    {
        foreach ((ParameterTensor tensor, LayerParameter parameter) in Tensors.Zip(model.Parameters))
            tensor.Pack(parameter.Values, target);
    }

    /// <summary>Copies a buffer's parameters into a model.</summary>
    public void Unpack(AlignedBuffer source, MlpModel model)
    {
        foreach ((ParameterTensor tensor, LayerParameter parameter) in Tensors.Zip(model.Parameters))
            tensor.Unpack(source, parameter.Values);
    }

    /// <summary>Where the weights of a model that are zero stand in a packed buffer.</summary>
    public long[] ZeroWeights(MlpModel model)
    {
        var marks = new AlignedBuffer(Length);
        foreach ((ParameterTensor tensor, LayerParameter parameter) in Tensors.Zip(model.Parameters))
        {
            if (parameter.Kind == ParameterKind.Weight)
                tensor.Pack(Array.ConvertAll(parameter.Values, weight => weight == 0 ? 1f : 0f), marks);
        }

        var places = new List<long>();
        for (long i = 0; i < Length; i++)
        {
            if (marks.Pointer[i] > 0)
                places.Add(i);
        }

        return [.. places];
    }

    /// <summary>
    /// Shortens the incoming weights of every hidden unit whose norm is above a limit to it (max-norm; Srivastava et al., 2014, section
    /// 5.1).
    /// </summary>
    public void LimitNorms(AlignedBuffer weights, float limit)
    {
        float* squares = stackalloc float[Kernel.PanelWidth];
        for (int i = 0; i < Layers.Length - 1; i++)
        {
            LayerLayout layer = Layers[i];
            int oneHot = i == 0 ? OneHot.Count : 0;
            for (int column = 0; column < layer.Width; column += Kernel.PanelWidth)
            {
                int width = Math.Min(Kernel.PanelWidth, layer.Width - column);
                float* panel = weights.Pointer + layer.WeightOffset + ((long)column * layer.Inputs);
                float* rows = weights.Pointer + OneHot.Offset + column;
                Kernel.SumColumnSquares(layer.Inputs, width, panel, width, squares, SumMode.Set);
                Kernel.SumColumnSquares(oneHot, width, rows, OneHot.Width, squares, SumMode.Add);
                Kernel.LimitColumns(layer.Inputs, width, panel, width, squares, limit);
                Kernel.LimitColumns(oneHot, width, rows, OneHot.Width, squares, limit);
            }
        }
    }

    /// <summary>Copies running means and variances, which no optimizer writes, from one buffer to another, times a factor.</summary>
    public void CopyStatistics(AlignedBuffer source, AlignedBuffer target, float factor = 1)
    {
        foreach (LayerLayout layer in Layers)
        {
            for (long i = layer.MeanOffset; i < layer.End; i++)
                target.Pointer[i] = factor * source.Pointer[i];
        }
    }

    /// <summary>Sets a gradient to zero where there is nothing to train: running statistics, and the marks of one-hot inputs.</summary>
    public void ClearUntrained(AlignedBuffer gradient)
    {
        foreach (LayerLayout layer in Layers)
            new Span<float>(gradient.Pointer + layer.MeanOffset, (int)(layer.End - layer.MeanOffset)).Clear();
        new Span<float>(gradient.Pointer + OneHot.MarkOffset, (int)(OneHot.End - OneHot.MarkOffset)).Clear();
    }

    /// <summary>
    /// The stretches, one after another, in which a gradient is finished: some panels of a layer's weights, or its biases and what follows
    /// them, and last the weights of one-hot inputs.
    /// </summary>
    public IEnumerable<(long Offset, int Length)> Stretches()
    {
        foreach (LayerLayout layer in Layers)
        {
            int group = GradientPlan.BlockPanels * Kernel.PanelWidth;
            for (int column = 0; column < layer.Width; column += group)
            {
                int columns = Math.Min(group, layer.Width - column);
                yield return (layer.WeightOffset + ((long)column * layer.Inputs), checked(columns * layer.Inputs));
            }

            yield return (layer.BiasOffset, (int)(layer.End - layer.BiasOffset));
        }

        if (OneHot.Count > 0)
            yield return (OneHot.Offset, (int)(OneHot.End - OneHot.Offset));
    }

    private ParameterTensor TensorOf(LayerParameter parameter, InputPlan plan)
    {
        LayerLayout layer = Layers[parameter.Layer];
        IEnumerable<PanelRow> rows = parameter.Kind switch
        {
            ParameterKind.Weight when parameter.Layer == 0 => PanelRows(layer, plan.ModelInput).Concat(OneHotRows(layer, plan)),
            ParameterKind.Weight => PanelRows(layer, input => input),
            ParameterKind.Bias => [new PanelRow(layer.BiasOffset, 0, layer.Outputs)],
            ParameterKind.Scale => [new PanelRow(layer.ScaleOffset, 0, layer.Outputs)],
            ParameterKind.Slope => [new PanelRow(layer.SlopeOffset, 0, layer.Outputs)],
            ParameterKind.RunningMean => [new PanelRow(layer.MeanOffset, 0, layer.Outputs)],
            ParameterKind.RunningVariance => [new PanelRow(layer.VarianceOffset, 0, layer.Outputs)],
        };
        return new ParameterTensor(parameter.Name, parameter.Values.Length, rows);
    }

    private IEnumerable<PanelRow> OneHotRows(LayerLayout layer, InputPlan plan)
    {
        for (int row = 0; row < OneHot.Count; row++)
            yield return new PanelRow(OneHot.RowOffset(row), plan.ModelInput(OneHot.FirstInput + row) * layer.Outputs, layer.Outputs);
    }

    private IEnumerable<PanelRow> PanelRows(LayerLayout layer, Func<int, int> modelInput)
    {
        for (int column = 0; column < layer.Outputs; column += Kernel.PanelWidth)
        {
            int panelWidth = Math.Min(Kernel.PanelWidth, layer.Width - column);
            int used = Math.Min(panelWidth, layer.Outputs - column);
            long panel = layer.WeightOffset + ((long)column * layer.Inputs);
            for (int row = 0; row < layer.Inputs; row++)
                yield return new PanelRow(panel + ((long)row * panelWidth), (modelInput(row) * layer.Outputs) + column, used);
        }
    }
}

/// <summary>One row of one panel: where it is packed, where it starts in the plain block, and its length.</summary>
internal readonly record struct PanelRow(long Offset, int Start, int Length);

/// <summary>Where one parameter of a model, or what is laid out like it, stands in a packed buffer.</summary>
internal sealed unsafe class ParameterTensor(string name, int length, IEnumerable<PanelRow> rows)
{
    private readonly PanelRow[] _rows = Joined(rows);

    /// <summary>The parameter's name, as in a model file.</summary>
    public string Name => name;

    /// <summary>Values of the parameter.</summary>
    public int Length => length;

    /// <summary>Copies plain values, of weights [in, out] row after row, into a packed buffer.</summary>
    public void Pack(ReadOnlySpan<float> source, AlignedBuffer target)
    {
        foreach (PanelRow row in _rows)
            source.Slice(row.Start, row.Length).CopyTo(new Span<float>(target.Pointer + row.Offset, row.Length));
    }

    /// <summary>Copies the parameter out of a packed buffer.</summary>
    public void Unpack(AlignedBuffer source, Span<float> target)
    {
        foreach (PanelRow row in _rows)
            new Span<float>(source.Pointer + row.Offset, row.Length).CopyTo(target[row.Start..]);
    }

    /// <summary>Makes one row of those that follow each other in both places, as most one-hot inputs do.</summary>
    private static PanelRow[] Joined(IEnumerable<PanelRow> rows)
    {
        var joined = new List<PanelRow>();
        foreach (PanelRow row in rows)
        {
            PanelRow last = joined.LastOrDefault();
            if (joined.Count > 0 && last.Offset + last.Length == row.Offset && last.Start + last.Length == row.Start)
                joined[^1] = last with { Length = last.Length + row.Length };
            else
                joined.Add(row);
        }

        return [.. joined];
    }
}
