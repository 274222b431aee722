namespace MlpPowerShell.Engine.Network;

/// <summary>When a model that tells two classes apart, or says whether one label holds, gives the answer that is looked for.</summary>
public sealed record DecisionRule
{
    /// <summary>The place of the class that is looked for; 0 for the one label. It stays where classes get other names.</summary>
    public int PositivePlace { get; init; }

    /// <summary>
    /// The probability of it from which on it is the answer, from 0 to 1; null where the more probable one is, of equals the first.
    /// </summary>
    public double? Threshold { get; init; }

    // Probabilities are floats: the least that is not below the threshold.
    private float Least => Threshold is { } threshold ? Above(threshold) : float.NaN;

    /// <summary>Whether outputs are of one of two classes, or of one label.</summary>
    internal static bool IsFor(OutputHead head) =>
        head.IsOneLabel || (head.Kind == OutputKind.Classes && head.Names.Count == 2);

    /// <summary>Whether a rule that was read can be that of a head.</summary>
    internal bool Fits(OutputHead head) =>
        IsFor(head) && PositivePlace >= 0 && PositivePlace <= (head.IsOneLabel ? 0 : 1) && Threshold is null or (>= 0 and <= 1);

    /// <summary>The rule of a head with another threshold, or for another class.</summary>
    /// <param name="head">What the outputs stand for.</param>
    /// <param name="threshold">The threshold, from 0 to 1; null for none.</param>
    /// <param name="positiveClass">The class that is looked for; null for the one so far, at first the second.</param>
    /// <exception cref="MlpException">There are not two classes, no such class, or the threshold is outside its range.</exception>
    internal static DecisionRule Of(OutputHead head, double? threshold, string? positiveClass)
    {
        if (!IsFor(head))
        {
            throw new MlpException(
                "NotBinary",
                MlpErrorKind.InvalidArgument,
                $"A threshold is for models that tell two classes apart, or say whether one label holds; this one predicts {head.Kind}: "
                + $"{Listing.Of(head.Names)}.");
        }

        if (threshold is not (null or (>= 0 and <= 1)))
        {
            throw new MlpException(
                "InvalidThreshold", MlpErrorKind.InvalidArgument, $"The threshold {threshold} is no probability, which goes from 0 to 1.");
        }

        return new DecisionRule
        {
            PositivePlace = positiveClass is null ? PlaceIn(head) : PlaceOf(head, positiveClass),
            Threshold = threshold,
        };
    }

    /// <summary>The place of a class or label by its name, which may be in another case where that leaves no doubt.</summary>
    /// <exception cref="MlpException">There is none such.</exception>
    internal static int PlaceOf(OutputHead head, string name)
    {
        string[] names = [.. head.IsOneLabel ? head.Names.Take(1) : head.Names];
        int[] alike = [.. Enumerable.Range(0, names.Length).Where(i => names[i].Equals(name, StringComparison.OrdinalIgnoreCase))];
        int place = Array.IndexOf(names, name);
        return place >= 0 ? place
            : alike.Length == 1 ? alike[0]
            : throw new MlpException(
                "UnknownClass",
                MlpErrorKind.InvalidArgument,
                $"The model has no class {name}{ColumnNames.Hint(names, name)}; it has {Listing.Of(names)}.");
    }

    /// <summary>The place of the class that is looked for: of two the second where nobody said which.</summary>
    internal static int PlaceIn(OutputHead head) =>
        head.Decision?.PositivePlace ?? (head.IsOneLabel ? 0 : 1);

    /// <summary>The class that a model answers.</summary>
    /// <param name="head">What its outputs stand for.</param>
    /// <param name="probabilities">The probability of each class.</param>
    internal static int AnswerOf(OutputHead head, ReadOnlySpan<float> probabilities)
    {
        if (head.Decision is not { Threshold: not null } rule)
            return OutputScorer.ArgMax(probabilities);
        int positive = PlaceIn(head);
        return probabilities[positive] >= rule.Least ? positive : 1 - positive;
    }

    /// <summary>Whether a model says that a label holds.</summary>
    /// <param name="head">What its outputs stand for.</param>
    /// <param name="probability">The probability that it does.</param>
    internal static bool Holds(OutputHead head, float probability) => probability >= LeastOf(head);

    /// <summary>The least probability of what is looked for, or of a label, from which on it is the answer.</summary>
    internal static float LeastOf(OutputHead head) =>
        head.Decision is { Threshold: not null } rule ? rule.Least : MathF.BitIncrement(0.5f);

    private static float Above(double threshold)
    {
        float nearest = (float)threshold;
        return nearest < threshold ? MathF.BitIncrement(nearest) : nearest;
    }
}
