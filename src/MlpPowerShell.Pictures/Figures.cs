using System.Globalization;

namespace MlpPowerShell.Pictures;

/// <summary>Numbers as tables, cards and pages show them, in any culture alike.</summary>
public static class Figures
{
    private const int Digits = 5;

    // What columns of figures have room for.
    private const int MostCharacters = 9;

    /// <summary>A loss or another figure that is mostly near 1: four decimals, or a power of ten where these would show little.</summary>
    public static string Loss(double loss) => Math.Abs(loss) switch
    {
        0 => "0.0000",
        < 0.001 or >= 1e7 => Power(loss),
        double.NaN => "NaN",
        var size => Fitting(loss, size >= 10_000 ? 1 : 4, string.Empty),
    };

    /// <summary>A figure in any unit: five digits, or a power of ten where zeros would stand for them.</summary>
    public static string Value(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 1e-4 or >= 1e7 => Power(value),
        double.NaN => "NaN",
        var size => value.ToString(
            $"F{Math.Clamp(Digits - 1 - (int)Math.Floor(Math.Log10(size)), 0, 7)}", CultureInfo.InvariantCulture),
    };

    /// <summary>A share in percent.</summary>
    public static string Percent(double share) => FormattableString.Invariant($"{100 * share:0.00} %");

    /// <summary>A count, in groups of three digits.</summary>
    public static string Count(double count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>An amount of memory.</summary>
    public static string Bytes(long bytes) =>
        bytes < 1_000_000 ? FormattableString.Invariant($"{bytes / 1e3:N1} KB") : FormattableString.Invariant($"{bytes / 1e6:N1} MB");

    /// <summary>A time in seconds, the shorter the more exactly.</summary>
    public static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString(time.TotalSeconds < 10 ? "0.000" : "0.0", CultureInfo.InvariantCulture);

    private static string Power(double value) =>
        double.IsFinite(value) ? Fitting(value, 3, "e+0") : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number with as many decimals as there is room for, of those that it should have.</summary>
    private static string Fitting(double value, int decimals, string exponent)
    {
        string text = value.ToString($"0.{new string('0', decimals)}{exponent}", CultureInfo.InvariantCulture);
        return text.Length > MostCharacters && decimals > 1 ? Fitting(value, decimals - 1, exponent) : text;
    }
}
