using System.IO.Hashing;
using System.Runtime.InteropServices;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>A multilayer perceptron: hidden layers, then an output layer, by default logits with softmax and cross-entropy.</summary>
public sealed partial class MlpModel
{
    private const int LongestName = 100;

    /// <summary>Creates a model whose weights are all zero.</summary>
    /// <param name="inputSize">Features of a sample.</param>
    /// <param name="hidden">The hidden layers.</param>
    /// <param name="outputSize">
    /// Classes, at least 2, or with another loss than cross-entropy labels or numbers to predict, at least 1; of classes with an order one
    /// less than there are.
    /// </param>
    /// <param name="loss">What training minimizes.</param>
    /// <param name="lossOptions">What the loss leaves to be chosen; null for its defaults.</param>
    /// <exception cref="MlpException">
    /// A size is not positive, the activations do not fit the hidden layers, or an option is outside its range.
    /// </exception>
    public MlpModel(
        int inputSize,
        HiddenLayers hidden,
        int outputSize,
        LossKind loss = LossKind.CrossEntropy,
        LossOptions? lossOptions = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        if (inputSize < 1)
        {
            throw new MlpException(
                "InvalidInputSize",
                MlpErrorKind.InvalidArgument,
                $"The input size is {inputSize}; it must be at least 1, the number of features of a sample.");
        }

        int least = loss.Function() == OutputFunction.Softmax ? 2 : 1;
        if (outputSize < least)
        {
            throw new MlpException(
                "InvalidOutputSize",
                MlpErrorKind.InvalidArgument,
                $"The output size is {outputSize}; with the loss {loss} it must be at least {least}.");
        }

        hidden.Check();
        LossOptions = (lossOptions ?? new LossOptions()).For(loss);
        OptionCheck.Ranges(LossOptions);
        int[] sizes = [inputSize, .. hidden.Sizes, outputSize];
        CheckMemory(sizes);
        var layers = new MlpLayer[sizes.Length - 1];
        for (int i = 0; i < layers.Length; i++)
        {
            Activation? activation = i == layers.Length - 1 ? null : hidden.ActivationOf(i);
            layers[i] = new MlpLayer(
                i,
                sizes[i],
                sizes[i + 1],
                activation,
                activation?.Name ?? loss.Function().ToString(),
                hidden.BatchNormalization && activation is not null ? hidden.NormalizationEpsilon : null);
        }

        Loss = loss;
        EachOutput = loss.Definition().Each?.Invoke(LossOptions);
        Layers = new ValueList<MlpLayer>(layers);
        Input = new InputEncoder(inputSize);
        Output = OutputHead.Anonymous(loss, outputSize);
    }

    /// <summary>The layers, from the first hidden one to the output.</summary>
    public IReadOnlyList<MlpLayer> Layers { get; }

    /// <summary>Features of a sample.</summary>
    public int InputSize => Layers[0].InputSize;

    /// <summary>What training minimizes.</summary>
    public LossKind Loss { get; }

    /// <summary>What the loss left to be chosen.</summary>
    public LossOptions LossOptions { get; }

    /// <summary>Outputs: classes, labels or numbers to predict.</summary>
    public int OutputSize => Layers[^1].OutputSize;

    /// <summary>Units of each hidden layer.</summary>
    public IReadOnlyList<int> HiddenSizes => new ValueList<int>([.. Layers.SkipLast(1).Select(layer => layer.OutputSize)]);

    /// <summary>How data become inputs of the network.</summary>
    public InputEncoder Input { get; internal set; }

    /// <summary>What the outputs stand for.</summary>
    public OutputHead Output { get; internal set; }

    /// <summary>The names of the classes, labels or targets, in the order of the outputs; of two classes with one output, both.</summary>
    public IReadOnlyList<string> ClassNames => Output.Names;

    /// <summary>Height and width of the images that the model was made for; null where it was made for something else.</summary>
    public ImageShape? ImageShape => Input.ImageShape;

    /// <summary>Whether the sums of the hidden layers are normalized.</summary>
    public bool HasBatchNormalization => Layers[0].Normalization is not null;

    /// <summary>What keeps the denominators of batch normalization off zero; null where there is none.</summary>
    public double? NormalizationEpsilon => Layers[0].Normalization?.Epsilon;

    /// <summary>Weights, biases, scales and slopes of all layers.</summary>
    public long ParameterCount => Layers.Sum(layer => (long)layer.ParameterCount);

    /// <summary>The seed that the weights were drawn from, or null where they came from elsewhere.</summary>
    public int? InitialSeed { get; private set; }

    /// <summary>How the weights were drawn, or null where they came from elsewhere.</summary>
    public Initializer? Initializer { get; private set; }

    /// <summary>Epochs that the model has been trained for.</summary>
    public int EpochsTrained { get; internal set; }

    /// <summary>The architecture in a line: 784-128-64-10.</summary>
    public string Architecture => string.Join('-', Layers.Select(layer => layer.InputSize).Append(OutputSize));

    /// <summary>What each layer does with its sums, in a line: BatchNorm ReLU, Softmax.</summary>
    public string Activations =>
        string.Join(", ", Layers.Select(layer => layer.Normalization is null ? layer.ActivationName : $"BatchNorm {layer.ActivationName}"));

    /// <summary>Both ends, which data and answers go through.</summary>
    internal ModelEnds Ends => new(Input, Output, Loss) { LossOptions = LossOptions };

    /// <summary>How much less the loss counts what is nearly right; 0 where it counts all alike.</summary>
    internal double Focus => Loss.Definition().IsFocal ? LossOptions.FocalGamma : 0;

    /// <summary>The loss of each output on its own; null where it is that of all together.</summary>
    internal OutputLoss? EachOutput { get; }

    /// <summary>How the inputs stand in the working buffers of a training or a prediction.</summary>
    internal InputPlan InputPlan { get => field ?? Input.Plan; set; }

    /// <summary>What trainings leave for the next one, which is theirs alone to know.</summary>
    internal object? Memory { get; set; }

    /// <summary>What the last training in this process was made of, which its text tells; null where there was none.</summary>
    internal object? LastTraining { get; set; }

    /// <summary>The fingerprints of the data that it has learned from in this process, itself or as what it is a copy of.</summary>
    internal HashSet<string> LearnedFrom { get; private init; } = [];

    /// <summary>All that training changes, and the running means and variances, layer by layer.</summary>
    internal IEnumerable<LayerParameter> Parameters => Layers.SelectMany(layer => layer.Parameters);

    /// <summary>Creates a model with weights drawn from a seed.</summary>
    /// <param name="inputSize">Features of a sample.</param>
    /// <param name="hidden">The hidden layers.</param>
    /// <param name="outputSize">
    /// Classes, at least 2, or with another loss than cross-entropy labels or numbers to predict, at least 1; of classes with an order one
    /// less than there are.
    /// </param>
    /// <param name="initializer">How the weights are drawn.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <param name="loss">What training minimizes.</param>
    /// <param name="lossOptions">What the loss leaves to be chosen; null for its defaults.</param>
    /// <exception cref="MlpException">
    /// A size is not positive, the activations do not fit the hidden layers, or an option is outside its range.
    /// </exception>
    public static MlpModel Create(
        int inputSize,
        HiddenLayers hidden,
        int outputSize,
        Initializer initializer,
        int seed,
        LossKind loss = LossKind.CrossEntropy,
        LossOptions? lossOptions = null)
    {
        var model = new MlpModel(inputSize, hidden, outputSize, loss, lossOptions);
        (model.InitialSeed, model.Initializer) = (seed, initializer);
        Random random = SeededRandom.For(seed, SeededRandom.Purpose.Weights);
        foreach (MlpLayer layer in model.Layers)
        {
            initializer.Fill(layer.WeightStorage, layer.InputSize, layer.OutputSize, layer.Activation ?? Activation.Identity, random);
            initializer.FillBiases(layer.BiasStorage, layer.InputSize, random);
        }

        float[] last = model.Layers[^1].WeightStorage;
        for (int i = 0; i < last.Length; i++)
            last[i] = model.IsHeld(model.Layers.Count - 1, i % outputSize) ? 0 : last[i];

        return model;
    }

    /// <summary>Creates a model for a data set, which its two ends are fitted to.</summary>
    /// <param name="dataset">Samples with labels or targets.</param>
    /// <param name="hidden">The hidden layers.</param>
    /// <param name="initializer">How the weights are drawn.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <param name="loss">
    /// <inheritdoc cref="ModelEnds.Fit(MlpDataset, LossKind?, EncodingOptions)" path="/param[@name='loss']"/> With binary cross-entropy,
    /// two classes make one output.
    /// </param>
    /// <exception cref="MlpException">
    /// A size is not positive, or the activations do not fit the hidden layers, or the loss the data set.
    /// </exception>
    public static MlpModel CreateFor(
        MlpDataset dataset,
        HiddenLayers hidden,
        Initializer initializer,
        int seed,
        LossKind? loss = null) =>
        CreateFor(ModelEnds.Fit(dataset, loss, new EncodingOptions()), hidden, initializer, seed);

    /// <summary>Creates a model with two ends.</summary>
    /// <param name="ends">The ends, which give its sizes and the names of its outputs.</param>
    /// <param name="hidden">The hidden layers.</param>
    /// <param name="initializer">How the weights are drawn.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <exception cref="MlpException">A size is not positive, or the activations do not fit the hidden layers.</exception>
    public static MlpModel CreateFor(
        ModelEnds ends,
        HiddenLayers hidden,
        Initializer initializer,
        int seed)
    {
        ArgumentNullException.ThrowIfNull(ends);
        MlpModel model =
            Create(ends.Input.Size, hidden, ends.Output.Size, initializer, seed, ends.Loss, ends.LossOptions);
        model.Input = ends.Input;
        model.Output = ends.Output;
        for (int i = 0; i < ends.Output.FirstBiases.Count; i++)
            model.Layers[^1].BiasStorage[i] += (float)ends.Output.FirstBiases[i];
        return model;
    }

    /// <summary>A model of the same sizes, ends and parameters that has no history.</summary>
    public MlpModel Copy()
    {
        Activation[] activations = [.. Layers.SkipLast(1).Select(layer => layer.Activation!)];
        var hidden = new HiddenLayers([.. HiddenSizes], activations)
        {
            BatchNormalization = HasBatchNormalization,
            NormalizationEpsilon = NormalizationEpsilon ?? BatchNormalization.DefaultEpsilon,
        };
        var copy = new MlpModel(InputSize, hidden, OutputSize, Loss, LossOptions)
        {
            Input = Input,
            Output = Output,
            EpochsTrained = EpochsTrained,
            LearnedFrom = [.. LearnedFrom],
        };
        CopyTo(copy);
        return copy;
    }

    /// <summary>Checks that a training can hold all parameters in one buffer, and the outputs of a layer for the samples at work.</summary>
    private static void CheckMemory(int[] sizes)
    {
        // Units are rounded up to the widest vectors.
        const int Lanes = 16;
        const int MostUnits = int.MaxValue / (2 * Tile.Capacity);
        if (sizes.Skip(1).Max() is > MostUnits and int units)
        {
            throw new MlpException(
                "LayerTooLarge",
                MlpErrorKind.InvalidArgument,
                $"A layer would have {units:N0} units; {MostUnits:N0} is the most that one layer can have.");
        }

        long most = AlignedBuffer.MaxLength;
        long all = sizes.Zip(sizes.Skip(1), (fanIn, fanOut) => (fanIn + 5L) * (fanOut + Lanes)).Sum();
        if (all > most)
        {
            throw new MlpException(
                "LayerTooLarge",
                MlpErrorKind.InvalidArgument,
                $"The layers would have {all:N0} weights, biases and the like together; {most:N0} is the most that a model can hold.");
        }
    }

    /// <summary>The architecture in so many characters, or of a deeper model its ends alone: 784-…-10.</summary>
    /// <param name="most">The most characters that there is room for.</param>
    public string ArchitectureWithin(int most) => Architecture is var all && all.Length <= most ? all : $"{InputSize}-…-{OutputSize}";

    /// <inheritdoc/>
    public override string ToString() => $"MlpModel {ArchitectureWithin(LongestName)}";

    /// <summary>A hash (XXH3) of all weights and biases.</summary>
    internal string Fingerprint()
    {
        var hash = new XxHash3();
        foreach (LayerParameter parameter in Parameters)
            hash.Append(MemoryMarshal.AsBytes<float>(parameter.Values));
        return $"xxh3 {Convert.ToHexString(hash.GetCurrentHash())}";
    }

    /// <summary>Whether the weights into a unit stay what they are: ordered classes share those of the first output.</summary>
    internal bool IsHeld(int layer, int unit) =>
        unit > 0 && layer == Layers.Count - 1 && Loss.Function() == OutputFunction.Ordinal;

    /// <summary>Copies all parameters to a model of the same architecture.</summary>
    internal void CopyTo(MlpModel target)
    {
        foreach ((LayerParameter from, LayerParameter to) in Parameters.Zip(target.Parameters))
            from.Values.CopyTo(to.Values, 0);
    }
}
