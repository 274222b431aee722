namespace MlpPowerShell.Engine.Data;

public sealed partial class DataColumn
{
    /// <summary>The column with its values taken for another kind of thing.</summary>
    /// <param name="kind">What they are.</param>
    /// <param name="formats">How texts write values, where that is known.</param>
    /// <exception cref="MlpException">A value can't be of that kind; the error says which.</exception>
    internal DataColumn As(ColumnKind kind, TextFormats? formats = null)
    {
        if (kind == Kind)
            return this;
        if (kind == ColumnKind.Category)
            return Categories;
        if (MissingCount == Count)
            return OfPacked(Name, kind, PackedNumbers.Of(Enumerable.Repeat(double.NaN, Count).ToArray()), ColumnType.Double);
        if (Kind != ColumnKind.Category)
        {
            return Kind is ColumnKind.Number or ColumnKind.Boolean && kind is ColumnKind.Number or ColumnKind.Boolean
                ? OfNumbersAs(kind)
                : Categories.As(kind);
        }

        if (kind == ColumnKind.Number && formats is not { TellsNumbers: true } && NumbersAsWritten() is { } numbersAsWritten)
            return numbersAsWritten.Column;
        if (kind == ColumnKind.Date && formats is not { TellsDates: true } && DatesAsWritten() is { } datesAsWritten)
            return datesAsWritten.Column;

        // Each text is read once, however often it occurs.
        CellValue[] read = Array.ConvertAll(_texts!, text => formats?.Read(text, kind) ?? CellValue.Of(text, kind));
        for (int row = 0; row < Count; row++)
        {
            if (CodeAt(row) is >= 0 and int code && !read[code].IsOfKind)
            {
                throw new MlpException(
                    "WrongKind",
                    MlpErrorKind.InvalidData,
                    $"Row {row + 1} of the column {Name} is '{_texts![code]}', which is no {kind.ToString().ToLowerInvariant()}.");
            }
        }

        if (kind is ColumnKind.Date or ColumnKind.Duration)
        {
            return OfTicks(
                Name,
                kind,
                Array.ConvertAll(AllCodes(), code => code < 0 ? PackedNumbers.NoWhole : read[code].Ticks),
                kind == ColumnKind.Date ? TypeOfDates(read) : ColumnType.Duration);
        }

        double[] numbers = Array.ConvertAll(AllCodes(), code => code < 0 ? double.NaN : read[code].Number);
        return OfPacked(Name, kind, PackedNumbers.Of(numbers), kind == ColumnKind.Boolean ? ColumnType.Boolean : ColumnType.Double);
    }

    /// <summary>The numbers that texts write in another way than usual, where all of them leave no doubt; null otherwise.</summary>
    /// <param name="separator">What stands before the fraction, where that is known.</param>
    internal ReadColumn? NumbersAsWritten(char? separator = null)
    {
        if (NumberForm.NumbersOf(_texts!, separator) is not { } read)
            return null;
        DataColumn column = OfNumbers(Name, Array.ConvertAll(AllCodes(), code => code < 0 ? double.NaN : read.Numbers[code]));
        return new ReadColumn(column)
        {
            Found = read.Decimal is null && !read.ArePercents ? null : new TextConventions
            {
                ArePercents = read.ArePercents,
                DecimalSeparator = read.Decimal,
                TakesPlain = read.Decimal == ',' && !Array.Exists(_texts!, text => text.Contains('.')),
            },
            Decimal = read.Decimal,
        };
    }

    /// <summary>The dates that texts write in another way than usual, where all of them together leave no doubt; null otherwise.</summary>
    internal ReadColumn? DatesAsWritten()
    {
        if (WrittenDates.Of(_texts!) is not { } dates)
            return null;
        long[] ticks = Array.ConvertAll(AllCodes(), code => code < 0 ? PackedNumbers.NoWhole : dates.Ticks[code]);
        return new ReadColumn(OfTicks(Name, ColumnKind.Date, ticks, dates.AreMoments ? ColumnType.UtcDate : ColumnType.Date))
        {
            Found = new TextConventions { DateFormats = [dates.Format] },
        };
    }

    private DataColumn OfNumbersAs(ColumnKind kind)
    {
        var numbers = new double[Count];
        CopyNumbers(0, numbers);
        int odd = kind == ColumnKind.Boolean ? Array.FindIndex(numbers, number => number is not (0 or 1 or double.NaN)) : -1;
        return odd < 0
            ? OfPacked(Name, kind, PackedNumbers.Of(numbers), kind == ColumnKind.Boolean ? ColumnType.Boolean : ColumnType.Double)
            : throw new MlpException(
                "WrongKind",
                MlpErrorKind.InvalidData,
                $"Row {odd + 1} of the column {Name} is {TextAt(odd)}, which is neither true nor false.");
    }
}
