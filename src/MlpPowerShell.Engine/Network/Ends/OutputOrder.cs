using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>In which order the classes of a label become outputs.</summary>
internal static class OutputOrder
{
    /// <summary>The classes of a label as they are asked for, or else in the order that is known of them.</summary>
    /// <param name="dataset">The name of the data set, for messages.</param>
    /// <param name="label">The label.</param>
    /// <param name="loss">What training minimizes.</param>
    /// <param name="asked">All classes in order, and maybe others; empty for what is known.</param>
    /// <exception cref="MlpException">The order leaves out a class or has one twice, or the loss needs one that nobody knows.</exception>
    public static string[] Of(string dataset, ColumnStatistics label, LossKind loss, IReadOnlyList<string> asked)
    {
        string[] classes = ClassOrder.Of(label);
        if (asked.Count > 0)
            return Asked(dataset, label.Name, classes, asked);
        if (loss.Function() != OutputFunction.Ordinal)
            return classes;

        // Either order of two classes is the same to the loss.
        return ClassOrder.Meant(label) ?? (classes.Length == 2 ? classes : throw new MlpException(
            "ClassOrderUnknown",
            MlpErrorKind.InvalidArgument,
            $"{dataset}: the label {label.Name} is one of {Listing.Of(classes)}, and nothing tells the order of these texts, which the "
            + $"loss {loss} needs. Name all of them{Hint.With(nameof(EncodingOptions.ClassOrder))}, the lowest first."));
    }

    private static string[] Asked(string dataset, string label, string[] classes, IReadOnlyList<string> asked)
    {
        string[] names = [.. asked.Select(name => NearestName.Find(classes, name) is >= 0 and int place ? classes[place] : name)];
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new MlpException(
                "DuplicateClass", MlpErrorKind.InvalidArgument, $"The order of the classes has {twice.Key} {twice.Count()} times.");
        }

        string[] missing = [.. classes.Except(names)], others = [.. names.Except(classes)];
        string instead = others.Length == 0 ? string.Empty : $", and has {Listing.Of(others)}"
            + $"{(others.Length == 1 ? NearestName.Hint(missing, others[0]) : string.Empty)}, which no sample is";
        return missing.Length == 0 ? names
            : throw new MlpException(
                "ClassOrderIncomplete",
                MlpErrorKind.Mismatch,
                $"{dataset}: the order of the classes leaves out {Listing.Of(missing)} of the label {label}{instead}.");
    }
}
