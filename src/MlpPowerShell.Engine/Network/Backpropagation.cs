using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>Sums over some samples: the cross-entropy of each, and how many were classified right.</summary>
internal readonly record struct BatchScore(double Loss, int Correct);

/// <summary>
/// The forward and the backward pass over any number of samples, with memory for one tile of them.
/// </summary>
/// <remarks>
/// A tile goes through in two phases that are shared out among the workers. First its slices, a few samples each, go forward through
/// all layers, are scored, and their deltas go back; then blocks of every layer's gradient are summed over the tile's samples.
/// Slices and blocks depend on the sizes alone, and each sums in one order, so that the number of threads changes no bit.
/// Nothing is allocated after the constructor.
/// </remarks>
internal sealed unsafe class Backpropagation
{
    /// <summary>Samples of a tile: enough to keep its gradient product busy, few enough that its activations stay in the cache.</summary>
    public const int TileCapacity = 512;

    private readonly ParameterLayout _layout;
    private readonly Kernel _kernel;
    private readonly int _threads;
    private readonly int _inputStride;
    private readonly AlignedBuffer _inputs;
    private readonly AlignedBuffer[] _outputs;
    private readonly AlignedBuffer?[] _derivatives;
    private readonly AlignedBuffer?[] _deltas;
    private readonly AlignedBuffer?[] _transposed;
    private readonly double[] _losses = new double[TileCapacity];
    private readonly int[] _correct = new int[TileCapacity];
    private readonly GradientBlock[] _blocks;
    private readonly TransposePanel[] _transposePanels;
    private readonly Action<int> _forwardSlice;
    private readonly Action<int> _backwardSlice;
    private readonly Action<int> _sumBlock;
    private readonly Action<int> _transposePanel;

    // The tile at work.
    private MlpDataset _data = null!;
    private int[]? _order;
    private AlignedBuffer _weightBuffer = null!;
    private float* _weights;
    private AlignedBuffer? _gradientBuffer;
    private float* _gradient;
    private int _start;
    private int _count;
    private int _sliceRows;
    private int _batchCount;
    private bool _accumulate;

    /// <param name="layout">Where the parameters stand.</param>
    /// <param name="batchSize">The most samples of one call, so that small batches take little memory.</param>
    /// <param name="threads">The most threads to use.</param>
    /// <param name="training">Whether gradients will be asked for.</param>
    public Backpropagation(ParameterLayout layout, int batchSize, int threads, bool training)
    {
        _layout = layout;
        _kernel = layout.Kernel;
        _threads = threads;
        int capacity = Math.Min(batchSize, TileCapacity);
        LayerLayout[] layers = layout.Layers;
        _inputStride = _kernel.Pad(layers[0].Inputs);
        _inputs = new AlignedBuffer((long)capacity * _inputStride);
        _outputs = new AlignedBuffer[layers.Length];
        _derivatives = new AlignedBuffer[layers.Length];
        _deltas = new AlignedBuffer[layers.Length];
        _transposed = new AlignedBuffer[layers.Length];
        for (int i = 0; i < layers.Length; i++)
        {
            long length = (long)capacity * layers[i].Width;
            _outputs[i] = new AlignedBuffer(length);
            if (!training)
                continue;
            bool hidden = i < layers.Length - 1;
            _derivatives[i] = hidden ? new AlignedBuffer(length) : null;
            _deltas[i] = hidden ? new AlignedBuffer(length) : _outputs[i];
            _transposed[i] = i > 0 ? new AlignedBuffer((long)layers[i].Outputs * _kernel.Pad(layers[i].Inputs)) : null;
        }

        _blocks = training ? GradientBlocks() : [];
        _transposePanels = training ? TransposePanels() : [];
        _forwardSlice = slice => Forward(slice, training: false);
        _backwardSlice = slice =>
        {
            Forward(slice, training: true);
            Backward(slice);
        };
        _sumBlock = SumBlock;
        _transposePanel = Transpose;
    }

    /// <summary>Called after each slice-sized piece of work with the samples done; may throw to stop.</summary>
    public Action<int>? Progress { get; set; }

    /// <summary>Scores samples and writes the gradient of their mean loss.</summary>
    /// <param name="data">Where the samples are; it must fit the model.</param>
    /// <param name="order">The samples' order, or null for the order of the data.</param>
    /// <param name="start">The first sample's place in the order.</param>
    /// <param name="count">How many samples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="gradient">The gradient, laid out as the parameters.</param>
    public BatchScore Gradient(MlpDataset data, int[]? order, int start, int count, AlignedBuffer weights, AlignedBuffer gradient)
    {
        Prepare(data, order, weights);
        _gradientBuffer = gradient;
        _gradient = _gradientBuffer.Pointer;
        _batchCount = count;
        WorkerPool.Shared.Run(_transposePanels.Length, _threads, _transposePanel);
        double loss = 0;
        int correct = 0;
        for (int done = 0; done < count; done += TileCapacity)
        {
            _accumulate = done > 0;
            RunTile(start + done, Math.Min(TileCapacity, count - done), _backwardSlice, ref loss, ref correct);
            WorkerPool.Shared.Run(_blocks.Length, _threads, _sumBlock);
            Progress?.Invoke(done + _count);
        }

        return new BatchScore(loss, correct);
    }

    /// <summary>Scores samples.</summary>
    /// <inheritdoc cref="Gradient"/>
    public BatchScore Score(MlpDataset data, AlignedBuffer weights)
    {
        double loss = 0;
        int correct = 0;
        Prepare(data, null, weights);
        for (int done = 0; done < data.Count; done += TileCapacity)
        {
            RunTile(done, Math.Min(TileCapacity, data.Count - done), _forwardSlice, ref loss, ref correct);
            Progress?.Invoke(done + _count);
        }

        return new BatchScore(loss, correct);
    }

    /// <summary>Computes the probabilities of all classes for some samples.</summary>
    /// <param name="data">Where the samples are; it must fit the model, but needs no labels.</param>
    /// <param name="start">The first sample.</param>
    /// <param name="count">How many samples; at most the batch size of the constructor, and one tile.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="probabilities">count × classes of them.</param>
    /// <returns>The samples' score, whose loss means nothing where there are no labels.</returns>
    public BatchScore Probabilities(MlpDataset data, int start, int count, AlignedBuffer weights, Span<float> probabilities)
    {
        double loss = 0;
        int correct = 0;
        Prepare(data, null, weights);
        RunTile(start, count, _forwardSlice, ref loss, ref correct);
        LayerLayout last = _layout.Layers[^1];
        for (int i = 0; i < count; i++)
        {
            new Span<float>(_outputs[^1].Pointer + ((long)i * last.Width), last.Outputs)
                .CopyTo(probabilities[(i * last.Outputs)..]);
        }

        return new BatchScore(loss, correct);
    }

    private void Prepare(MlpDataset data, int[]? order, AlignedBuffer weights)
    {
        _data = data;
        _order = order;
        _weightBuffer = weights;
        _weights = _weightBuffer.Pointer;
    }

    private void RunTile(int start, int count, Action<int> slice, ref double loss, ref int correct)
    {
        _start = start;
        _count = count;
        int tileRows = _kernel.TileRows;
        _sliceRows = Math.Clamp(count / 16 / tileRows * tileRows, tileRows, 32);
        int slices = (count + _sliceRows - 1) / _sliceRows;
        WorkerPool.Shared.Run(slices, _threads, slice);
        for (int i = 0; i < slices; i++)
        {
            loss += _losses[i];
            correct += _correct[i];
        }
    }

    private void Forward(int slice, bool training)
    {
        int from = slice * _sliceRows;
        int rows = Math.Min(_sliceRows, _count - from);
        LoadInputs(from, rows);

        float* input = _inputs.Pointer + ((long)from * _inputStride);
        int inputStride = _inputStride;
        for (int i = 0; i < _layout.Layers.Length; i++)
        {
            LayerLayout layer = _layout.Layers[i];
            float* output = _outputs[i].Pointer + ((long)from * layer.Width);
            for (int column = 0; column < layer.Width; column += _kernel.PanelWidth)
            {
                int panelWidth = Math.Min(_kernel.PanelWidth, layer.Width - column);
                _kernel.Multiply(
                    rows, panelWidth, layer.Inputs, input, inputStride, 1, _weights + layer.WeightOffset + ((long)column * layer.Inputs), panelWidth, output + column, layer.Width, accumulate: false);
            }

            if (layer.Activation is { } activation)
            {
                float* derivative = training ? _derivatives[i]!.Pointer + ((long)from * layer.Width) : null;
                _kernel.Activate(activation, rows, layer.Width, output, _weights + layer.BiasOffset, derivative, layer.Width);
            }

            input = output;
            inputStride = layer.Width;
        }

        ScoreSlice(slice, from, rows, training);
    }

    private void LoadInputs(int from, int rows)
    {
        int features = _layout.Layers[0].Inputs;
        fixed (byte* bytes = _data.Bytes)
        fixed (float* floats = _data.Floats)
        {
            for (int i = from; i < from + rows; i++)
            {
                long source = (long)SampleAt(i) * features;
                float* target = _inputs.Pointer + ((long)i * _inputStride);
                if (bytes != null)
                    _kernel.LoadPixels(features, bytes + source, target);
                else
                    Buffer.MemoryCopy(floats + source, target, (long)features * sizeof(float), (long)features * sizeof(float));
            }
        }
    }

    private int SampleAt(int i) => _order is null ? _start + i : _order[_start + i];

    /// <summary>Turns the logits of a slice into probabilities, or in training into the loss's gradient by the logits, (p - y) / count.</summary>
    private void ScoreSlice(int slice, int from, int rows, bool training)
    {
        LayerLayout layer = _layout.Layers[^1];
        ReadOnlySpan<int> labels = _data.Labels.Span;
        double loss = 0;
        int correct = 0;
        for (int i = from; i < from + rows; i++)
        {
            int label = labels.IsEmpty ? 0 : labels[SampleAt(i)];
            float* row = _outputs[^1].Pointer + ((long)i * layer.Width);
            loss += _kernel.SoftmaxCrossEntropy(layer.Outputs, row, _weights + layer.BiasOffset, label);
            var probabilities = new Span<float>(row, layer.Outputs);
            if (ArgMax(probabilities) == label)
                correct++;
            if (!training)
                continue;
            probabilities[label] -= 1f;
            for (int j = 0; j < probabilities.Length; j++)
                probabilities[j] /= _batchCount;
        }

        _losses[slice] = loss;
        _correct[slice] = correct;
    }

    /// <summary>The largest value's place, the first of equals.</summary>
    internal static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int j = 1; j < values.Length; j++)
        {
            if (values[j] > values[best])
                best = j;
        }

        return best;
    }

    private void Backward(int slice)
    {
        int from = slice * _sliceRows;
        int rows = Math.Min(_sliceRows, _count - from);
        for (int i = _layout.Layers.Length - 1; i > 0; i--)
        {
            LayerLayout layer = _layout.Layers[i];
            int width = _layout.Layers[i - 1].Width;
            float* delta = _deltas[i]!.Pointer + ((long)from * layer.Width);
            float* previous = _deltas[i - 1]!.Pointer + ((long)from * width);
            for (int column = 0; column < width; column += _kernel.PanelWidth)
            {
                int panelWidth = Math.Min(_kernel.PanelWidth, width - column);
                _kernel.Multiply(
                    rows, panelWidth, layer.Outputs, delta, layer.Width, 1, _transposed[i]!.Pointer + ((long)column * layer.Outputs), panelWidth, previous + column, width, accumulate: false);
            }

            // Rows of a slice follow each other without a gap.
            _kernel.MultiplyElements(rows * width, previous, _derivatives[i - 1]!.Pointer + ((long)from * width));
        }
    }

    private void SumBlock(int index)
    {
        GradientBlock block = _blocks[index];
        LayerLayout layer = _layout.Layers[block.Layer];
        float* delta = _deltas[block.Layer]!.Pointer;
        if (block.Rows == 0)
        {
            _kernel.SumRows(_count, layer.Width, delta, layer.Width, _gradient + layer.BiasOffset, _accumulate);
            return;
        }

        bool first = block.Layer == 0;
        float* input = (first ? _inputs : _outputs[block.Layer - 1]).Pointer + block.Row;
        int inputStride = first ? _inputStride : _layout.Layers[block.Layer - 1].Width;
        float* target = _gradient + layer.WeightOffset + ((long)block.Column * layer.Inputs) + ((long)block.Row * block.Width);
        _kernel.Multiply(block.Rows, block.Width, _count, input, 1, inputStride, delta + block.Column, layer.Width, target, block.Width, _accumulate);
    }

    /// <summary>Writes one panel of a layer's transposed weights, [out, in], for the product that takes deltas back.</summary>
    private void Transpose(int index)
    {
        TransposePanel panel = _transposePanels[index];
        LayerLayout layer = _layout.Layers[panel.Layer];
        float* target = _transposed[panel.Layer]!.Pointer + ((long)panel.Column * layer.Outputs);
        int inputs = Math.Min(panel.Width, layer.Inputs - panel.Column);
        for (int column = 0; column < layer.Outputs; column += _kernel.PanelWidth)
        {
            int sourceWidth = Math.Min(_kernel.PanelWidth, layer.Width - column);
            int outputs = Math.Min(sourceWidth, layer.Outputs - column);
            float* source = _weights + layer.WeightOffset + ((long)column * layer.Inputs) + ((long)panel.Column * sourceWidth);
            for (int o = 0; o < outputs; o++)
            {
                float* row = target + ((long)(column + o) * panel.Width);
                for (int i = 0; i < inputs; i++)
                    row[i] = source[((long)i * sourceWidth) + o];
            }
        }
    }

    private GradientBlock[] GradientBlocks()
    {
        const int BlockRows = 112;
        var blocks = new List<GradientBlock>();
        for (int i = 0; i < _layout.Layers.Length; i++)
        {
            LayerLayout layer = _layout.Layers[i];
            for (int row = 0; row < layer.Inputs; row += BlockRows)
            {
                for (int column = 0; column < layer.Width; column += _kernel.PanelWidth)
                    blocks.Add(new GradientBlock(i, row, Math.Min(BlockRows, layer.Inputs - row), column, Math.Min(_kernel.PanelWidth, layer.Width - column)));
            }
        }

        for (int i = 0; i < _layout.Layers.Length; i++)
            blocks.Add(new GradientBlock(i, 0, 0, 0, 0));
        return [.. blocks];
    }

    private TransposePanel[] TransposePanels()
    {
        var panels = new List<TransposePanel>();
        for (int i = 1; i < _layout.Layers.Length; i++)
        {
            int width = _kernel.Pad(_layout.Layers[i].Inputs);
            for (int column = 0; column < width; column += _kernel.PanelWidth)
                panels.Add(new TransposePanel(i, column, Math.Min(_kernel.PanelWidth, width - column)));
        }

        return [.. panels];
    }

    /// <summary>A block of a layer's weight gradient; without rows, the layer's bias gradient.</summary>
    private readonly record struct GradientBlock(int Layer, int Row, int Rows, int Column, int Width);

    private readonly record struct TransposePanel(int Layer, int Column, int Width);
}
