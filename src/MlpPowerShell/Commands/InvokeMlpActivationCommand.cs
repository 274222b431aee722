using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Applies an activation function, or its derivative, to numbers.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "MlpActivation")]
[OutputType(typeof(double), typeof(double[]))]
public sealed class InvokeMlpActivationCommand : MlpCmdlet
{
    internal const string SoftmaxName = "Softmax";

    // Null for softmax, which is no function of one number.
    private Activation? _function;

    // Where not even the first is a number, none is.
    private bool _hasResult;

    /// <summary>The function. Softmax takes an array as one vector; the others go element by element.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(FunctionCompleter))]
    [ValidateNotNullOrEmpty]
    public string Activation { get; set; } = null!;

    /// <summary>A number, or an array of numbers, which stays an array.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public object InputObject { get; set; } = null!;

    /// <summary>Gives the derivative instead of the value.</summary>
    [Parameter]
    public SwitchParameter Derivative { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() =>
        Run(
            Activation,
            () => _function = Activation.Equals(SoftmaxName, StringComparison.OrdinalIgnoreCase)
                ? null
                : Engine.Kernels.Activation.Named(Activation, [SoftmaxName]),
            perItem: false);

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Run(
            InputObject,
            () =>
            {
                WriteObject(Apply(InputObject), enumerateCollection: false);
                _hasResult = true;
            },
            perItem: _hasResult);

    private object Apply(object input)
    {
        input = input is PSObject wrapped ? wrapped.BaseObject : input;
        if (_function is null)
            return ApplySoftmax(input);
        if (input is IList list)
        {
            object[] results = [.. list.Cast<object>().Select(Apply)];
            return results.All(result => result is double) ? Array.ConvertAll(results, result => (double)result) : results;
        }

        double x = Number(input);
        return Derivative ? _function.Derivative(x) : _function.Value(x);
    }

    private double[] ApplySoftmax(object input)
    {
        if (Derivative)
        {
            throw new MlpException(
                "SoftmaxDerivative",
                MlpErrorKind.InvalidArgument,
                "The derivative of softmax is a matrix, which this command does not give. With cross-entropy, the gradient by the "
                + "logits is the probabilities minus 1 at the label.");
        }

        return Softmax.Value(input is IList list ? [.. list.Cast<object>().Select(Number)] : [Number(input)]);
    }

    private static double Number(object? input) =>
        input is string text
            && double.TryParse(
                text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double read) ? read
        : input is not (null or IList or string or char)
            && LanguagePrimitives.TryConvertTo(input, System.Globalization.CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new MlpException("NotANumber", MlpErrorKind.InvalidArgument, $"'{input}' is not a number.");
}
