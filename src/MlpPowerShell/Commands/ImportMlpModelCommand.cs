using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Reads models from safetensors, ONNX and NumPy files.</summary>
[Cmdlet(VerbsData.Import, "MlpModel", DefaultParameterSetName = "Path")]
[OutputType(typeof(MlpModel))]
public sealed class ImportMlpModelCommand : ModelFileCmdlet
{
    /// <summary>The hidden activations of a file that does not name them: one for all hidden layers, or one for each.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ActivationCompleter))]
    public Activation[]? Activation { get; set; }

    /// <summary>The loss of a file that does not name it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<LossKind>))]
    [Cell<LossKind>]
    public Choice<LossKind>? Loss { get; set; }

    /// <summary>The distance from which Huber's loss grows in a straight line, before what the file says.</summary>
    [Parameter]
    [Option<LossOptions>(IsChosen = true)]
    public double? HuberDelta { get; set; }

    /// <summary>The part of the targets that the quantile loss leaves below its predictions, before what the file says.</summary>
    [Parameter]
    [Option<LossOptions>(IsChosen = true)]
    public double? Quantile { get; set; }

    /// <summary>How much less a focal loss counts what is nearly right, before what the file says.</summary>
    [Parameter]
    [Option<LossOptions>(IsChosen = true)]
    public double? FocalGamma { get; set; }

    /// <summary>The names of the outputs of a file that does not name them, in their order: classes, labels or numbers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? ClassName { get; set; }

    /// <summary>How the weights of a NumPy file stand, where every layer has as many units as inputs.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<WeightLayout>))]
    [Cell<WeightLayout>]
    public Choice<WeightLayout>? WeightLayout { get; set; }

    /// <inheritdoc/>
    protected override void ProcessFile(string file)
    {
        var options = new ModelReadOptions
        {
            Format = Format,
            Activations = Activation,
            Loss = Loss,
            ChooseLossOptions = WithGiven,
            Overruled = (option, given, own) => WriteOverruled(file, ParameterNames.Of(option), given, own),
            WeightLayout = WeightLayout,
            Cancellation = StopToken,
        };
        MlpModel model = ModelFile.Read(file, options);
        WriteUnused(WithGiven(new LossOptions()).Unused(model.Loss, IsGiven));
        if (ClassName is not null)
        {
            IReadOnlyList<string> own = model.ClassNames;
            bool isNamed = !model.Output.IsAnonymous;
            model.NameClasses(ClassName);
            if (isNamed && !own.SequenceEqual(ClassName))
                WriteOverruled(file, nameof(ClassName), Listing.Of(ClassName), Listing.Of([.. own]));
        }

        WriteObject(model);
    }

    /// <summary>Says that a file knows better, or is put right.</summary>
    private void WriteOverruled(string file, string parameter, string given, string own) =>
        WriteWarning($"{file} says {own}, and -{parameter} {given} goes before it: leave -{parameter} out unless the file is wrong.");

    private LossOptions WithGiven(LossOptions options) => options with
    {
        HuberDelta = HuberDelta ?? options.HuberDelta,
        Quantile = Quantile ?? options.Quantile,
        FocalGamma = FocalGamma ?? options.FocalGamma,
    };
}
