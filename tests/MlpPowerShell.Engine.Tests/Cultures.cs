using System.Globalization;

namespace MlpPowerShell.Engine.Tests;

/// <summary>
/// Ways to write numbers, which differ in what would show: the tests run on machines that know no culture but the invariant one.
/// </summary>
internal static class Cultures
{
    public static string[] Names { get; } = ["invariant", "German", "Arabic", "Swedish"];

    /// <summary>A culture that writes numbers as German, Arabic (Saudi Arabia) or Swedish do.</summary>
    public static CultureInfo Of(string name)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator, culture.NumberFormat.NegativeSign) =
            name switch
            {
                "German" => (",", ".", "-"),
                "Arabic" => ("٫", "٬", "\u061c-"),
                "Swedish" => (",", "\u00a0", "\u2212"),
                _ => (".", ",", "-"),
            };
        return culture;
    }
}
