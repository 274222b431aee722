using System.Globalization;

namespace MlpPowerShell.Parity;

/// <summary>All figures of a case as a reference has them, by name.</summary>
public sealed class Reference : Dictionary<string, ReferenceFigure>
{
    /// <summary>Whether float32 can't hold squares of what float64 can: there a training has to diverge.</summary>
    public bool Overflows => Values.Any(figure => figure.Values.Any(value => value * value > float.MaxValue));

    /// <summary>The figures that the engine has otherwise, each a line that says how far it is off.</summary>
    /// <param name="figures">The engine's, by name.</param>
    public List<string> Differences(IReadOnlyDictionary<string, double[]> figures) =>
        [.. this.Select(pair => pair.Value.Difference(pair.Key, figures.GetValueOrDefault(pair.Key) ?? [])).OfType<string>()];
}

/// <summary>A figure as a reference has it.</summary>
/// <param name="Values">Its values.</param>
/// <param name="Moved">How far rounding to float32 on the way moves each.</param>
public sealed record ReferenceFigure(double[] Values, double[] Moved)
{
    // The reference's few runs need not meet the worst roundings, and sums go in another order here.
    private const double Margin = 8;

    // What reference.py writes where it has no number.
    private const double NoNumber = 1e308;

    // What rates and values themselves lose in float32.
    private const double Rounding = 1.0 / (1 << 21);

    /// <summary>Says how far off the farthest value is; null where rounding explains it.</summary>
    /// <param name="name">What the figure is called.</param>
    /// <param name="values">The engine's.</param>
    public string? Difference(string name, double[] values)
    {
        if (values.Length != Values.Length)
            return $"{name}: {values.Length} values, and {Values.Length} there";
        if (Values.Any(value => Math.Abs(value) >= NoNumber))
            return $"{name}: no number there";

        // What hardly moves by chance may as well have moved as the others.
        double usual = Math.Sqrt(Moved.Average(moved => moved * moved)), worst = 0;
        int place = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double bound = (Margin * Math.Max(usual, Moved[i])) + (Rounding * Math.Abs(Values[i]));
            double error = Math.Abs(values[i] - Values[i]);

            double part = error <= bound ? 0 : double.IsNaN(error) ? double.PositiveInfinity : error / bound;
            if (part > worst)
                (worst, place) = (part, i);
        }

        return worst <= 1 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{name}, value {place}: {values[place]:G9}, and {Values[place]:G9} there, which rounding moves by {Moved[place]:G2}: off by "
            + $"{worst:G3} times what that explains");
    }
}
