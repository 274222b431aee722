using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Tests;

/// <summary>The search for a length, on functions of one number.</summary>
public class LineSearchTests
{
    /// <summary>Functions with their slopes, the first three those of Moré and Thuente (1994, section 5).</summary>
    private static readonly Dictionary<string, Func<double, (double Value, double Slope)>> _functions = new()
    {
        ["5.1"] = a => (-a / ((a * a) + 2), ((a * a) - 2) / Math.Pow((a * a) + 2, 2)),
        ["5.2"] = a => (Math.Pow(a + 0.004, 5) - (2 * Math.Pow(a + 0.004, 4)), (5 * Math.Pow(a + 0.004, 4)) - (8 * Math.Pow(a + 0.004, 3))),
        ["5.4"] = a => Yanai(a, 0.001, 0.001),
        ["5.5"] = a => Yanai(a, 0.01, 0.001),
        ["5.6"] = a => Yanai(a, 0.001, 0.01),
        ["parabola"] = a => (((a - 3) * (a - 3)) - 9, 2 * (a - 3)),
        ["wall"] = a => a < 2 ? (-a, -1 + Math.Pow(a / 1.9, 20)) : (double.PositiveInfinity, double.NaN),
        ["hole"] = a => a < 40 ? (-a + (a * a / 60), -1 + (a / 30)) : (double.PositiveInfinity, double.NaN),
    };

    public static TheoryData<string, double> Searches =>
    [
        .. from name in _functions.Keys
           from first in new[] { 1e-3, 0.1, 1, 10, 1e3 }
           select new TheoryDataRow<string, double>(name, first),
    ];

    [Theory]
    [MemberData(nameof(Searches))]
    public void What_is_found_satisfies_the_strong_Wolfe_conditions(string name, double first)
    {
        Func<double, (double Value, double Slope)> function = _functions[name];
        (double value, double slope) = function(0);
        int looks = 0;
        LinePoint found = new LineSearch(length =>
        {
            looks++;
            (double there, double slopeThere) = function(length);
            return new LinePoint(length, there, slopeThere);
        }).Find(new LinePoint(0, value, slope), first)!.Value;
        Assert.Equal(function(found.Length), (found.Value, found.Slope));
        Assert.True(found.Value <= value + (1e-4 * found.Length * slope), $"{found}");
        Assert.True(Math.Abs(found.Slope) <= 0.9 * Math.Abs(slope), $"{found}");
        Assert.InRange(looks, 1, 25);
    }

    [Fact]
    public void Where_nothing_lies_lower_nothing_is_found()
    {
        // A slope that promises a fall which the value does not keep.
        Assert.Null(new LineSearch(length => new LinePoint(length, 1 + length, 1)).Find(new LinePoint(0, 1, -1), 1));
        Assert.Null(new LineSearch(_ => null).Find(new LinePoint(0, 1, -1), 1));
    }

    [Fact]
    public void Where_the_conditions_are_never_met_the_lowest_point_is_found()
    {
        // Down and down, ever as steeply.
        LinePoint found = new LineSearch(length => new LinePoint(length, -length, -1)).Find(new LinePoint(0, 0, -1), 1)!.Value;
        Assert.True(found.Length > 1e10);
    }

    private static (double Value, double Slope) Yanai(double a, double b1, double b2)
    {
        double g1 = Math.Sqrt(1 + (b1 * b1)) - b1, g2 = Math.Sqrt(1 + (b2 * b2)) - b2;
        double one = Math.Sqrt(((1 - a) * (1 - a)) + (b2 * b2)), two = Math.Sqrt((a * a) + (b1 * b1));
        return ((g1 * one) + (g2 * two), (-g1 * (1 - a) / one) + (g2 * a / two));
    }
}
