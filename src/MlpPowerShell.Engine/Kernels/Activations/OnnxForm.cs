namespace MlpPowerShell.Engine.Kernels;

/// <summary>An attribute of a node: a number, a text, or where the number is null the activation's slope.</summary>
internal sealed record OnnxFormAttribute(string Name, float? Number, string? Text, float UsualNumber, string? UsualText)
{
    public bool IsSlope => Number is null && Text is null;
}

/// <summary>How ONNX says an activation: x itself, a number, or an operator on such.</summary>
/// <param name="Operator">The operator; null of x and of a number.</param>
/// <param name="Number">The number; null of x and of an operator.</param>
/// <param name="Inputs">What the operator takes.</param>
/// <param name="Attributes">The operator's attributes, and what each is where a node doesn't say.</param>
internal sealed record OnnxForm(string? Operator, float? Number, OnnxForm[] Inputs, OnnxFormAttribute[] Attributes)
{
    /// <summary>What the activation is applied to.</summary>
    public static OnnxForm X { get; } = new(null, null, [], []);

    /// <summary>Whether this is more than one operator on x.</summary>
    public bool IsComposite => Array.Exists(Inputs, input => input.Operator is not null);

    public static implicit operator OnnxForm(float number) => new(null, number, [], []);

    public static OnnxForm Node(string operation, params OnnxForm[] inputs) => new(operation, null, inputs, []);

    /// <summary>x × factor / 2, with the half at any place.</summary>
    public static OnnxForm[] HalfProducts(OnnxForm factor) =>
    [
        Node("Mul", Node("Mul", X, factor), 0.5f), Node("Mul", Node("Mul", X, 0.5f), factor), Node("Mul", X, Node("Mul", factor, 0.5f)),
    ];

    public OnnxForm With(string attribute, float number, float usual) => With(new OnnxFormAttribute(attribute, number, null, usual, null));

    public OnnxForm With(string attribute, string text, string usual) => With(new OnnxFormAttribute(attribute, null, text, 0, usual));

    public OnnxForm WithSlope(string attribute, float usual) => With(new OnnxFormAttribute(attribute, null, null, usual, null));

    private OnnxForm With(OnnxFormAttribute attribute) => this with { Attributes = [.. Attributes, attribute] };
}
