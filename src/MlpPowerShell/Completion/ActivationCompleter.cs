using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell;

/// <summary>Completes the activation functions, with what each is as the tool tip.</summary>
public sealed class ActivationCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Meaning)> Names =>
        Activation.All.Select(activation => (activation.Kind, activation.Summary));
}
