using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files.Onnx;

/// <summary>The operators of ONNX that are activations by themselves.</summary>
internal static class OnnxOperators
{
    private static readonly (string Operator, ActivationKind Kind)[] _activations =
    [
        ("Relu", ActivationKind.ReLU),
        ("LeakyRelu", ActivationKind.LeakyReLU),
        ("Elu", ActivationKind.ELU),
        ("Sigmoid", ActivationKind.Sigmoid),
        ("Tanh", ActivationKind.Tanh),
        ("Softplus", ActivationKind.Softplus),
        ("Gelu", ActivationKind.GELU),
    ];

    public static string OfActivation(ActivationKind kind) => Array.Find(_activations, pair => pair.Kind == kind).Operator;

    public static ActivationKind? ActivationOf(string operation) => Array.Find(_activations, pair => pair.Operator == operation) is { Operator: not null } found ? found.Kind : null;
}
