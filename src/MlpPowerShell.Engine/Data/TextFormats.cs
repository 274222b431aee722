namespace MlpPowerShell.Engine.Data;

/// <summary>Reads values as a source writes them.</summary>
/// <param name="conventions">How it does.</param>
internal sealed class TextFormats(TextConventions conventions)
{
    private readonly char? _decimal = Checked(conventions.DecimalSeparator);
    private readonly NumberForm[] _numbers = conventions.DecimalSeparator is { } separator ? [.. NumberForm.With(separator)] : [];
    private readonly string[] _dates = [.. conventions.DateFormats];
    private readonly string[] _missing = [.. conventions.MissingValues];

    /// <summary>The formats of a source; null where nothing was said.</summary>
    public static TextFormats? Of(TextConventions? conventions) => conventions is null or { AreNone: true } ? null : new(conventions);

    /// <summary>Whether a text stands for no value.</summary>
    public bool IsMissing(ReadOnlySpan<char> text)
    {
        foreach (string missing in _missing)
        {
            if (text.Equals(missing, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>Whether it was said how numbers are written.</summary>
    public bool TellsNumbers => _numbers.Length > 0;

    /// <summary>Whether it was said how dates are written.</summary>
    public bool TellsDates => _dates.Length > 0;

    /// <summary>A number or a date, where it was said how these are written; null otherwise.</summary>
    public CellValue? Read(string text, ColumnKind kind)
    {
        CellKind cell = Parse(text, out double number, out long ticks);
        return kind switch
        {
            ColumnKind.Number when TellsNumbers => new CellValue(cell is CellKind.Whole or CellKind.Number, number, 0),
            ColumnKind.Date when TellsDates && cell == CellKind.Date => new CellValue(true, 0, ticks),
            _ => null,
        };
    }

    /// <inheritdoc cref="Cell.Parse"/>
    public CellKind Parse(ReadOnlySpan<char> text, out double number, out long ticks)
    {
        text = text.Trim();
        (number, ticks) = (double.NaN, 0);
        if (IsMissing(text))
            return CellKind.Missing;
        if (_dates.Length > 0 && WrittenDates.TryRead(text, _dates, out ticks))
            return CellKind.Date;
        CellKind plain = Cell.Parse(text, out number, out ticks);
        bool mayBeOther = plain == CellKind.Text || (plain == CellKind.Number && text.Contains('.') && _decimal != '.');
        if (_numbers.Length == 0 || !mayBeOther)
            return plain;

        // 1.5 is no number where a comma stands before the fraction, and 1.500 another one.
        foreach (NumberForm form in _numbers)
        {
            if ((form with { IsPercent = text.EndsWith("%") }).TryRead(text, out number, out _))
                return CellKind.Number;
        }

        number = double.NaN;
        return CellKind.Text;
    }

    private static char? Checked(char? separator) => separator is null or '.' or ',' ? separator
        : throw OptionCheck.Invalid(
            "InvalidDecimalSeparator", $"A point or a comma stands before the fraction of numbers, and no '{separator}'.");
}
