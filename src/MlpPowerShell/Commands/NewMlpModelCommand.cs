using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Creates a multilayer perceptron with random weights.</summary>
[Cmdlet(VerbsCommon.New, "MlpModel", DefaultParameterSetName = "Dataset")]
[OutputType(typeof(MlpModel))]
public sealed class NewMlpModelCommand : MlpCmdlet
{
    /// <summary>Units of each hidden layer, with their activations if written so: 128 relu, 64 sigmoid. None for softmax regression.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [HiddenLayerTransformation]
    public HiddenLayer[] HiddenSize { get; set; } = [];

    /// <summary>One activation for all hidden layers, or one for each; ReLU without any.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [ListTransformation]
    [ArgumentCompleter(typeof(EnumCompleter<ActivationKind>))]
    public Choice<ActivationKind>[] Activation { get; set; } = [];

    /// <summary>The data set that the model is for: it gives the sizes of input and output, the names of the classes or targets, and the loss.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Dataset")]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    public MlpDataset? Dataset { get; set; }

    /// <summary>Features of a sample.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Size", ValueFromPipelineByPropertyName = true)]
    public int InputSize { get; set; }

    /// <summary>Outputs: classes, or with another loss labels or numbers to predict.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Size", ValueFromPipelineByPropertyName = true)]
    public int OutputSize { get; set; }

    /// <summary>What training minimizes; without it, what suits the data set.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    [ArgumentCompleter(typeof(EnumCompleter<LossKind>))]
    public Choice<LossKind>? Loss { get; set; }

    /// <summary>Normalizes the sums of the hidden layers over each batch.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FlagTransformation]
    public SwitchParameter BatchNormalization { get; set; }

    /// <summary>How the weights are drawn.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<Initializer>))]
    public Choice<Initializer> Initializer { get; set; }

    /// <summary>The same seed gives the same weights; without one they differ each time.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyAsNull]
    public int? Seed { get; set; }

    /// <summary>What hyperparameters are taken from by name; its other properties go along with the model, for Invoke-MlpTraining.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        int[] sizes = Array.ConvertAll(HiddenSize, layer => layer.Size);
        ActivationKind[] activations = Activations;
        int seed = Seed ?? Random.Shared.Next();
        WriteVerbose($"Drawing the weights with the initializer {Initializer} from the seed {seed}.");
        WriteObject(WithNotesOf(InputObject, Dataset is null
            ? MlpModel.Create(InputSize, sizes, OutputSize, activations, Initializer, seed, Loss ?? LossKind.CrossEntropy, BatchNormalization)
            : MlpModel.CreateFor(Dataset, sizes, activations, Initializer, seed, Loss, BatchNormalization)));
    });

    /// <summary>One activation for all hidden layers, or one for each: a layer's own goes before what -Activation says.</summary>
    private ActivationKind[] Activations
    {
        get
        {
            ActivationKind[] given = Activation.Length > 0 ? Array.ConvertAll(Activation, choice => choice.Value) : [ActivationKind.ReLU];
            return Array.TrueForAll(HiddenSize, layer => layer.Activation is null) || (given.Length != 1 && given.Length != HiddenSize.Length)
                ? given
                : [.. HiddenSize.Select((layer, i) => layer.Activation ?? given[given.Length == 1 ? 0 : i])];
        }
    }
}
