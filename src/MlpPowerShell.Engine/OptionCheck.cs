namespace MlpPowerShell.Engine;

/// <summary>The ranges that options have in common.</summary>
internal static class OptionCheck
{
    /// <summary>Checks that a value is at least 0 and below 1.</summary>
    /// <exception cref="MlpException">It is not.</exception>
    public static void Fraction(string errorId, string what, double value)
    {
        if (!(value >= 0 && value < 1))
            throw Invalid(errorId, $"{what} is {value}; it must be at least 0 and below 1.");
    }

    /// <summary>Checks that a value, where there is one, is finite and above 0.</summary>
    /// <exception cref="MlpException">It is not.</exception>
    public static void Positive(string errorId, string what, double? value)
    {
        if (value is { } number && !(number > 0 && double.IsFinite(number)))
            throw Invalid(errorId, $"{what} is {number}; it must be a number above 0.");
    }

    /// <summary>Checks that a value is finite and at least 0.</summary>
    /// <exception cref="MlpException">It is not.</exception>
    public static void NotNegative(string errorId, string what, double value)
    {
        if (!(value >= 0 && double.IsFinite(value)))
            throw Invalid(errorId, $"{what} is {value}; it must be a number from 0 up.");
    }

    /// <summary>An option that is outside its range.</summary>
    public static MlpException Invalid(string errorId, string message) => new(errorId, MlpErrorKind.InvalidArgument, message);
}
