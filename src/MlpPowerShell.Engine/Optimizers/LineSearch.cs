namespace MlpPowerShell.Engine.Optimizers;

/// <summary>A point on a line: how far along, the value there, and the slope in the line's direction.</summary>
internal readonly record struct LinePoint(double Length, double Value, double Slope);

/// <summary>
/// Finds a length along a descending line that satisfies the strong Wolfe conditions (Nocedal and Wright, 2006, algorithms 3.5 and 3.6):
/// the value has fallen enough, and the slope is flat enough.
/// </summary>
/// <param name="evaluate">The point at a length; null where the search is to be given up.</param>
internal sealed class LineSearch(Func<double, LinePoint?> evaluate)
{
    /// <summary>The part of the fall that the slope at the start promises which is enough.</summary>
    private const double EnoughFall = 1e-4;

    /// <summary>The part of the slope at the start which is flat enough.</summary>
    private const double FlatEnough = 0.9;

    /// <summary>The most points that are looked at.</summary>
    private const int MostPoints = 25;

    /// <summary>
    /// What values of float32 sums may be off by, of their size. Values that near each other tell nothing, and slopes alone decide (the
    /// approximate Wolfe conditions; Hager and Zhang, 2005, section 4).
    /// </summary>
    private const double Noise = 1.0 / (1 << 22);

    private LinePoint _start;
    private int _left;

    /// <summary>Finds a point.</summary>
    /// <param name="start">The point of length 0, with a slope below 0.</param>
    /// <param name="first">The length that is tried first, above 0.</param>
    /// <returns>
    /// A point that satisfies the conditions; otherwise the lowest that is below the start; null where none was found, or the search was
    /// given up.
    /// </returns>
    public LinePoint? Find(LinePoint start, double first)
    {
        _start = start;
        _left = MostPoints;
        LinePoint before = start;
        for (double length = first; TryEvaluate(length, out LinePoint point);)
        {
            if (IsEnough(point))
                return point;
            if (!HasFallen(point) || (before.Length > 0 && !(point.Value < before.Value)))
                return Zoom(before, point);
            if (point.Slope >= 0)
                return Zoom(point, before);
            double step = point.Length - before.Length;
            length = Math.Clamp(Minimum(before, point), point.Length + (0.01 * step), 10 * point.Length);
            before = point;
        }

        return LowerThanStart(before);
    }

    /// <summary>Narrows an interval down that holds such points.</summary>
    /// <param name="low">Its end with the lower value, whose slope leads into it.</param>
    /// <param name="high">Its other end.</param>
    private LinePoint? Zoom(LinePoint low, LinePoint high)
    {
        while (TryEvaluate(Between(low, high), out LinePoint point))
        {
            if (IsEnough(point))
                return point;
            if (!HasFallen(point) || !(point.Value < low.Value))
            {
                high = point;
                continue;
            }

            if (point.Slope * (high.Length - low.Length) >= 0)
                high = low;
            low = point;
        }

        return LowerThanStart(low);
    }

    /// <summary>The lowest point of a cubic through two points, kept off both, or their middle where that is no number.</summary>
    private static double Between(LinePoint low, LinePoint high)
    {
        double least = Math.Min(low.Length, high.Length), most = Math.Max(low.Length, high.Length), margin = 0.1 * (most - least);
        double minimum = Minimum(low, high);
        return double.IsFinite(minimum) ? Math.Clamp(minimum, least + margin, most - margin) : (least + most) / 2;
    }

    /// <summary>The lowest point of the cubic with the values and slopes of two points (equation 3.59).</summary>
    private static double Minimum(LinePoint one, LinePoint other)
    {
        double d1 = one.Slope + other.Slope - (3 * (one.Value - other.Value) / (one.Length - other.Length));
        double square = (d1 * d1) - (one.Slope * other.Slope);
        double d2 = Math.Sign(other.Length - one.Length) * Math.Sqrt(square);
        double minimum = other.Length - ((other.Length - one.Length) * (other.Slope + d2 - d1) / (other.Slope - one.Slope + (2 * d2)));
        return double.IsNaN(minimum) ? double.PositiveInfinity : minimum;
    }

    private bool TryEvaluate(double length, out LinePoint point)
    {
        point = default;
        if (_left-- == 0 || evaluate(length) is not { } found)
            return false;
        point = found;
        return true;
    }

    private bool IsEnough(LinePoint point) =>
        (HasFallen(point) || Math.Abs(point.Value - _start.Value) <= Noise * Math.Abs(_start.Value))
        && Math.Abs(point.Slope) <= -FlatEnough * _start.Slope;

    private bool HasFallen(LinePoint point) => point.Value <= _start.Value + (EnoughFall * point.Length * _start.Slope);

    private LinePoint? LowerThanStart(LinePoint point) => point.Length > 0 && point.Value < _start.Value ? point : null;
}
