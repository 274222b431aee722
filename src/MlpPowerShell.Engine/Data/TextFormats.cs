namespace MlpPowerShell.Engine.Data;

/// <summary>Reads values as a source writes them.</summary>
internal sealed class TextFormats
{
    // A text shorter than any date is looked at for none.
    private const int ShortestDate = 6;

    private readonly char? _decimal;
    private readonly bool _takesPlain;
    private readonly NumberForm[] _numbers;
    private readonly DateReader? _dates;
    private readonly string[] _missing;
    private readonly int _shortestDate;

    /// <param name="conventions">How it does.</param>
    /// <exception cref="MlpException">Numbers are said to be written as nobody writes them.</exception>
    private TextFormats(TextConventions conventions)
    {
        _decimal = Checked(conventions.DecimalSeparator);
        _takesPlain = conventions.TakesPlain;
        _numbers = _decimal is { } separator ? [.. NumberForm.With(separator)] : [];
        _dates = conventions.DateFormats.Count == 0 ? null : new DateReader(conventions.DateFormats, conventions.MonthNames);
        _missing = [.. conventions.MissingValues];
        _shortestDate = conventions.DateFormats.Select(format => format.Length).Append(ShortestDate).Min();
    }

    /// <summary>The formats of a column of a source; null where nothing is known of them.</summary>
    public static TextFormats? Of(TextConventions? conventions, string column) =>
        conventions is null or { AreNone: true } || conventions.For(column) is not { } own
            || own is { DecimalSeparator: null, DateFormats.Count: 0, MissingValues.Count: 0 } ? null : new(own);

    /// <summary>What stands before the fraction of numbers, where that is known.</summary>
    public char? Decimal => _decimal;

    /// <summary>Whether it is known how numbers are written.</summary>
    public bool TellsNumbers => _decimal is not null;

    /// <summary>Whether it is known how dates are written.</summary>
    public bool TellsDates => _dates is not null;

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

    /// <summary>A number or a date, where it is known how these are written; null otherwise.</summary>
    public CellValue? Read(string text, ColumnKind kind)
    {
        if (kind == ColumnKind.Number && TellsNumbers && NumberForm.IsPercentage(text))
            return NumberForm.NumbersOf([text], _decimal) is { } read ? new CellValue(true, read.Numbers[0], 0) : default(CellValue);
        CellKind cell = Parse(text, out double number, out long ticks);
        return kind switch
        {
            ColumnKind.Number when TellsNumbers => new CellValue(cell is CellKind.Whole or CellKind.Number, number, 0),
            ColumnKind.Date when TellsDates && cell is CellKind.Date or CellKind.UtcDate =>
                new CellValue(true, 0, ticks, cell == CellKind.UtcDate ? DateForm.Moment : DateForm.Clock),
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
        if (_dates is not null && text.Length >= _shortestDate && _dates.TryRead(text, out ticks, out bool isMoment))
            return isMoment ? CellKind.UtcDate : CellKind.Date;
        CellKind plain = Cell.Parse(text, out number, out ticks);
        bool mayBeOther = plain == CellKind.Text || (plain == CellKind.Number && text.Contains('.') && _decimal != '.' && !_takesPlain);
        if (_numbers.Length == 0 || !mayBeOther)
            return plain;

        // 1.5 is no number where a comma is said to stand before the fraction, and 1.500 another one.
        foreach (NumberForm form in _numbers)
        {
            if (form.TryRead(text, out number, out _))
                return CellKind.Number;
        }

        number = double.NaN;
        return CellKind.Text;
    }

    private static char? Checked(char? separator) => separator is null or '.' or ',' ? separator
        : throw OptionCheck.Invalid(
            "InvalidDecimalSeparator", $"A point or a comma stands before the fraction of numbers, and no '{separator}'.");
}
