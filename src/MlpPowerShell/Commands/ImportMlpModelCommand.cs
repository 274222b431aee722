using System.Management.Automation;
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
        MlpModel model = ModelFile.Read(
            file,
            new ModelReadOptions
            {
                Format = Format,
                Activations = Activation,
                Loss = Loss,
                WeightLayout = WeightLayout,
                Cancellation = StopToken,
            });
        if (ClassName is not null)
            model.NameClasses(ClassName);
        WriteObject(model);
    }
}
