using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files;

/// <summary>What a reader of model files can't find in all of them.</summary>
public sealed record ModelReadOptions
{
    /// <summary>The file's format; null where its name tells.</summary>
    public ModelFormat? Format { get; init; }

    /// <summary>The hidden activations, one for all or one for each, before what the file says; null for what it says.</summary>
    public IReadOnlyList<Activation>? Activations { get; init; }

    /// <summary>
    /// The loss, before what the file says; null for what it says, and where it says nothing cross-entropy, or with one output the mean
    /// squared error.
    /// </summary>
    public LossKind? Loss { get; init; }

    /// <summary>Told where an option goes before what the file says: the option's name, what is given, and what the file says.</summary>
    public Action<string, string, string>? Overruled { get; init; }

    /// <summary>What becomes of the options of the loss that the file says; null where they stay.</summary>
    public Func<LossOptions, LossOptions>? ChooseLossOptions { get; init; }

    /// <summary>Stops the reading.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>How the weights of an archive of NumPy arrays stand; null for what its layers tell.</summary>
    public WeightLayout? WeightLayout { get; init; }
}
