namespace MlpPowerShell.Engine.Data;

/// <summary>How a file writes numbers, dates and missing values, where somebody says so.</summary>
/// <param name="options">What was said.</param>
internal sealed class TextFormats(TableReadOptions options)
{
    private readonly NumberForm? _numbers = options.DecimalSeparator switch
    {
        null => null,
        '.' => new NumberForm('.', ','),
        char separator => new NumberForm(separator, '.'),
    };

    private readonly string[] _dates = [.. options.DateFormats];
    private readonly string[] _missing = [.. options.MissingValues];

    /// <summary>The formats of a file; null where nothing was said.</summary>
    public static TextFormats? Of(TableReadOptions options) =>
        options.DecimalSeparator is null && options.DateFormats.Count == 0 && options.MissingValues.Count == 0 ? null : new(options);

    /// <summary>Whether it was said how numbers are written.</summary>
    public bool TellsNumbers => _numbers is not null;

    /// <summary>Whether it was said how dates are written.</summary>
    public bool TellsDates => _dates.Length > 0;

    /// <inheritdoc cref="Cell.Parse"/>
    public CellKind Parse(ReadOnlySpan<char> text, out double number, out long ticks)
    {
        text = text.Trim();
        (number, ticks) = (double.NaN, 0);
        foreach (string missing in _missing)
        {
            if (text.Equals(missing, StringComparison.OrdinalIgnoreCase))
                return CellKind.Missing;
        }

        if (_dates.Length > 0 && WrittenDates.TryRead(text, _dates, out ticks))
            return CellKind.Date;
        CellKind plain = Cell.Parse(text, out number, out ticks);
        bool mayBeOther = plain == CellKind.Text || (plain == CellKind.Number && text.Contains('.') && _numbers?.Decimal != '.');
        if (_numbers is not { } form || !mayBeOther)
            return plain;

        // 1.5 is no number where a comma stands before the fraction, and 1.500 another one.
        return form.TryRead(text, out number, out _) ? CellKind.Number : CellKind.Text;
    }
}
