using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>A way to write numbers other than with a point and nothing else.</summary>
/// <param name="Decimal">What stands before the fraction.</param>
/// <param name="Group">What may stand between groups of three digits.</param>
/// <param name="IsPercent">Whether a percent sign follows each number, which stands for the number over 100.</param>
internal readonly record struct NumberForm(char Decimal, char Group, bool IsPercent = false)
{
    private const int GroupLength = 3;

    /// <summary>Characters of the longest text that is taken for a number.</summary>
    private const int Longest = 64;

    private const int MostOfExponent = 8;

    private const string Marks = "., \u00A0\u202F'’%-+eE";

    /// <summary>All ways that columns are looked at for; spaces that don't break a line count as spaces.</summary>
    private static readonly NumberForm[] _all =
    [
        new(',', '.'), new('.', ','), new(',', ' '), new('.', ' '), new(',', '\''), new('.', '\''), new('.', '\0'),
    ];

    /// <summary>The ways that have a point or a comma before the fraction.</summary>
    public static IEnumerable<NumberForm> With(char separator) => _all.Where(form => form.Decimal == separator && form.Group != '\0');

    /// <summary>
    /// The place of the first of some texts that is no number where most are, in one of these ways; -1 where there is none such.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="counts">How often each occurs.</param>
    public static int OddOf(string[] texts, int[] counts)
    {
        int all = counts.Sum();
        foreach (NumberForm form in _all)
        {
            bool isTold = false;
            int numbers = 0, odd = -1;
            for (int i = 0; i < texts.Length; i++)
            {
                if (form.TryRead(texts[i], out _, out bool tells))
                    (isTold, numbers) = (isTold || tells, numbers + counts[i]);
                else if (odd < 0)
                    odd = i;
            }

            if (isTold && odd >= 0 && numbers * 2 > all)
                return odd;
        }

        return -1;
    }

    /// <summary>
    /// The numbers that texts stand for where all ways that fit them agree, and where they can be told from a plain number, as by a
    /// fraction that is not of three digits, or it is known what stands before the fraction; null otherwise.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="separator">What stands before the fraction, where that is known.</param>
    /// <returns>The numbers, what stands before the fraction where that can be told, and whether they are percents.</returns>
    public static (double[] Numbers, char? Decimal, bool ArePercents)? NumbersOf(string[] texts, char? separator = null)
    {
        if (texts.Length == 0 || !MayBe(texts[0]))
            return null;

        // Groups with blanks alone between are how telephone numbers are written.
        bool isPercent = Array.TrueForAll(texts, IsPercentage);
        if (separator is not null && !isPercent && !Array.Exists(texts, text => text.AsSpan().ContainsAny('.', ',')))
            return null;
        var fitting = new List<(double[] Numbers, char Decimal)>();
        foreach (NumberForm form in _all)
        {
            if ((separator is null || form.Decimal == separator)
                && (form with { IsPercent = isPercent }).ReadAll(texts, out bool isTold) is { } read
                && (isTold || separator is not null))
            {
                fitting.Add((read, form.Decimal));
            }
        }

        if (fitting.Count == 0 || !fitting.TrueForAll(one => one.Numbers.AsSpan().SequenceEqual(fitting[0].Numbers)))
            return null;
        char? told = fitting.TrueForAll(one => one.Decimal == fitting[0].Decimal) ? fitting[0].Decimal : null;
        return (fitting[0].Numbers, told, isPercent);
    }

    /// <summary>Whether a text ends with the sign for percents.</summary>
    public static bool IsPercentage(string text) => text.AsSpan().TrimEnd().EndsWith("%");

    /// <summary>
    /// Whether the point of a number can't stand between groups of digits, as before a fraction of two digits; null without a point.
    /// </summary>
    public static bool? TellsPoint(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        int point = text.IndexOf('.');
        if (point < 0)
            return null;
        ReadOnlySpan<char> whole = text[..point].TrimStart("+-"), fraction = text[(point + 1)..];
        return whole.Length is 0 or > GroupLength || whole[0] == '0' || fraction.Length != GroupLength
            || fraction.ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>Whether a text may be a number in one of these ways: digits, and at most the marks that they have.</summary>
    public static bool MayBe(string text)
    {
        bool hasDigit = false;
        foreach (char c in text)
        {
            hasDigit |= char.IsAsciiDigit(c);
            if (!char.IsAsciiDigit(c) && !Marks.Contains(c))
                return false;
        }

        return hasDigit;
    }

    /// <summary>Reads a number.</summary>
    /// <param name="text">The text.</param>
    /// <param name="number">The number.</param>
    /// <param name="tells">Whether it can be read in no other way.</param>
    public bool TryRead(ReadOnlySpan<char> text, out double number, out bool tells)
    {
        (number, tells) = (double.NaN, IsPercent);
        text = text.Trim();
        if (text.Length > Longest)
            return false;
        if (IsPercent)
        {
            if (!text.EndsWith("%"))
                return false;
            text = text[..^1].TrimEnd();
        }

        bool isNegative = text.StartsWith("-");
        if (isNegative || text.StartsWith("+"))
            text = text[1..];
        ReadOnlySpan<char> exponent = default;
        if (text.IndexOfAny('e', 'E') is > 0 and int power)
        {
            exponent = text[(power + 1)..];
            text = text[..power];
            ReadOnlySpan<char> digitsOfPower = exponent.TrimStart("+-");
            if (digitsOfPower.IsEmpty || exponent.Length - digitsOfPower.Length > 1 || digitsOfPower.ContainsAnyExceptInRange('0', '9'))
                return false;
        }

        int point = text.IndexOf(Decimal);
        ReadOnlySpan<char> fraction = point < 0 ? [] : text[(point + 1)..], whole = point < 0 ? text : text[..point];
        if ((point >= 0 && fraction.Length == 0) || fraction.ContainsAnyExceptInRange('0', '9') || (whole.IsEmpty && point < 0))
            return false;

        Span<char> digits = stackalloc char[whole.Length];
        int count = 0, groups = 0, inGroup = 0;
        foreach (char c in whole)
        {
            if (char.IsAsciiDigit(c))
            {
                digits[count++] = c;
                inGroup++;
            }
            else if (IsGroup(c) && (groups == 0 ? inGroup is >= 1 and <= GroupLength : inGroup == GroupLength))
            {
                groups++;
                inGroup = 0;
            }
            else
            {
                return false;
            }
        }

        // Texts such as 007 and 0.123,5 are names.
        if ((count > 1 && digits[0] == '0') || (groups > 0 && inGroup != GroupLength))
            return false;
        if (exponent.Length > MostOfExponent)
            return false;
        int power10 = (exponent.IsEmpty ? 0 : int.Parse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))
            - (IsPercent ? 2 : 0);
        string plain = $"0{digits[..count]}.{fraction}0e{power10}";
        if (!double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out number) || !double.IsFinite(number))
            return false;
        number = isNegative ? -number : number;

        // 1,234 may be either; 1.5 and 12 are numbers anyway; groups with blanks are also how telephone numbers are written.
        bool isPlain = Decimal == '.' && groups == 0;
        bool mayBeGroup = Decimal != '.' && groups == 0 && fraction.Length == GroupLength && count is > 0 and <= GroupLength
            && digits[0] != '0' && exponent.IsEmpty;
        tells |= point >= 0 ? !isPlain && !mayBeGroup : groups > 1 && Group != ' ';
        return true;
    }

    private double[]? ReadAll(string[] texts, out bool isTold)
    {
        var numbers = new double[texts.Length];
        isTold = false;
        for (int i = 0; i < texts.Length; i++)
        {
            if (!TryRead(texts[i], out numbers[i], out bool tells))
                return null;
            isTold |= tells;
        }

        return numbers;
    }

    private bool IsGroup(char c) => c == Group || (Group == ' ' && c is '\u00A0' or '\u202F') || (Group == '\'' && c == '’');
}
