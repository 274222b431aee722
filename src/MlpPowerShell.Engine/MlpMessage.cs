using System.Globalization;
using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine;

/// <summary>
/// A text for users, made of an interpolated string: the same in every culture, and with hints at options where it advises something.
/// </summary>
[InterpolatedStringHandler]
public sealed class MlpMessage
{
    private const int LongestValue = 500;

    private readonly List<Part> _parts = [];

    /// <summary>Begins an empty text; the compiler calls this for an interpolated string.</summary>
    /// <param name="literalLength">Characters of its constant parts.</param>
    /// <param name="formattedCount">How many values it has.</param>
    public MlpMessage(
        int literalLength, int formattedCount) => _parts.Capacity = Math.Min(literalLength, 1 + formattedCount) + formattedCount;

    /// <summary>A text without values.</summary>
    /// <param name="text">The text.</param>
    public MlpMessage(string text) => _parts.Add(new Part(text, null));

    /// <summary>A text without values.</summary>
    public static implicit operator MlpMessage(string text) => new(text);

    /// <summary>Adds a constant part.</summary>
    public void AppendLiteral(string text) => _parts.Add(new Part(text, null));

    /// <summary>Adds a value, as the invariant culture writes it, in a form that can be shown, and its start if it is long.</summary>
    public void AppendFormatted<T>(T value, string? format = null) =>
        AppendLiteral(Printable.Of(
            value is IFormattable number ? number.ToString(format, CultureInfo.InvariantCulture) : value?.ToString() ?? string.Empty,
            LongestValue));

    /// <summary>Adds a hint, which shows where somebody puts it into words.</summary>
    public void AppendFormatted(Hint hint) => _parts.Add(new Part(string.Empty, hint));

    /// <summary>Adds another text, with its hints.</summary>
    public void AppendFormatted(MlpMessage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _parts.AddRange(other._parts);
    }

    /// <summary>The text without its hints.</summary>
    public override string ToString() => ToString(_ => string.Empty);

    /// <summary>The text with its hints in words.</summary>
    /// <param name="say">Puts a hint into words that follow a word, with a space before them.</param>
    public string ToString(Func<Hint, string> say) => string.Concat(_parts.Select(part => part.Hint is { } hint ? say(hint) : part.Text));

    /// <summary>The parts, as another process gets them.</summary>
    internal IReadOnlyList<Part> Parts => _parts;

    /// <summary>A text that another process has sent.</summary>
    internal static MlpMessage Of(IEnumerable<Part> parts)
    {
        var message = new MlpMessage(0, 0);
        message._parts.AddRange(parts);
        return message;
    }

    /// <summary>A piece of a text, or the place of a hint.</summary>
    internal sealed record Part(string Text, Hint? Hint);
}
