using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>Turns predicted numbers into the dates and time spans that they stand for.</summary>
internal static class ColumnAnswers
{
    private static readonly DateTime _epoch = new(2000, 1, 1);

    /// <summary>The date that is so many days from the start of 2000, as what the column held.</summary>
    public static object Date(double days, string? type)
    {
        double within = Math.Clamp(days, (DateTime.MinValue - _epoch).TotalDays, (DateTime.MaxValue - _epoch).TotalDays - 1);

        // A double of so many days carries microseconds, and no ticks.
        DateTime date =
            _epoch.AddTicks((long)Math.Round(within * TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond) * TimeSpan.TicksPerMicrosecond);
        return type switch
        {
            "System.DateOnly" => DateOnly.FromDateTime(date),
            "System.DateTimeOffset" => new DateTimeOffset(date, TimeSpan.Zero),
            null => date,
            _ => new ColumnType(type).OfWhole(date.Ticks),
        };
    }

    /// <summary>The time span of so many seconds, as what the column held.</summary>
    public static object Duration(double seconds, string? type)
    {
        TimeSpan span = TimeSpan.FromSeconds(Math.Clamp(seconds, TimeSpan.MinValue.TotalSeconds + 1, TimeSpan.MaxValue.TotalSeconds - 1));
        return type == "System.TimeOnly"
            ? new TimeOnly(((span.Ticks % TimeSpan.TicksPerDay) + TimeSpan.TicksPerDay) % TimeSpan.TicksPerDay)
            : span;
    }
}
