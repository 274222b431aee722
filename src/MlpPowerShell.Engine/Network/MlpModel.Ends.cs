using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <content>What outputs stand for, and how answers are made of them.</content>
public sealed partial class MlpModel
{
    /// <summary>A copy that gives its answers from another threshold on, or looks for another class; probabilities stay.</summary>
    /// <param name="threshold">The probability from which on a class is the answer, from 0 to 1; null for the more probable one.</param>
    /// <param name="positiveClass">That class, or null for the one so far, at first the second.</param>
    /// <exception cref="MlpException">There are not two classes or one label, no such class, or the threshold is out of range.</exception>
    public MlpModel WithThreshold(double? threshold, string? positiveClass)
    {
        var rule = DecisionRule.Of(Output, threshold, positiveClass);
        return With(Output with { Decision = rule });
    }

    /// <summary>A copy that gives the network's own probabilities, and neither sets nor intervals.</summary>
    public MlpModel WithoutCalibration() => With(Output.Uncalibrated);

    /// <summary>A copy with another head.</summary>
    internal MlpModel With(OutputHead output)
    {
        MlpModel copy = Copy();
        copy.Output = output;
        return copy;
    }

    /// <summary>Names the classes.</summary>
    /// <exception cref="MlpException">There are not as many names as outputs.</exception>
    public void NameClasses(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        bool bothOfTwo = Loss.Function() == OutputFunction.Sigmoid && OutputSize == 1 && names.Count == 2;
        bool isEach = names.Count == OutputSize && Loss.Function() != OutputFunction.Ordinal;
        if (!isEach && names.Count != Loss.ClassesOf(OutputSize))
        {
            string classes = Loss.Function() == OutputFunction.Ordinal ? $" and {OutputSize + 1} classes in an order" : string.Empty;
            throw new MlpException(
                "ClassCountMismatch",
                MlpErrorKind.Mismatch,
                $"There are {names.Count} names for a model with {OutputSize} outputs{classes}.");
        }

        if (names.Distinct().Count() != names.Count)
        {
            throw new MlpException(
                "DuplicateClass",
                MlpErrorKind.InvalidArgument,
                $"Of the names {Listing.Of(names)}, two are the same; each output needs a name of its own.");
        }

        OutputKind kind = Loss.Function() == OutputFunction.Sigmoid && OutputSize == 1
            ? (bothOfTwo ? OutputKind.Classes : OutputKind.Labels)
            : Output.Kind;
        DecisionRule? rule = kind == Output.Kind ? Output.Decision : null;
        Output = Output with { Names = names.ToArray(), Kind = kind, IsAnonymous = false, Decision = rule };
    }

    /// <summary>Takes on the names of the first data that it learns from, where its inputs or outputs have none.</summary>
    /// <exception cref="MlpException">There are more classes than outputs.</exception>
    internal void Adopt(MlpDataset data) => (Input, Output) = (Input.Adopt(data), Output.Adopt(data, Loss));
}
