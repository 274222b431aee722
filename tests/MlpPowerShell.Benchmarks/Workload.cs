using System.Globalization;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Benchmarks;

/// <summary>A training whose epochs are timed, written as optimizer:hidden sizes:batch size.</summary>
internal sealed record Workload(string Text, OptimizerKind Optimizer, double LearningRate, int[] HiddenSizes, int? BatchSize)
{
    /// <summary>The notebook's work, and what practitioners do most.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        Parse("full:128,64"),
        Parse("full:256,32"),
        Parse("momentum:128,64:32"),
        Parse("momentum:128,64:128"),
        Parse("adam:128,64:128"),
        Parse("adam:128,64:512"),
        Parse("adam:1024,1024:256"),
    ];

    public static Workload Parse(string text)
    {
        string[] parts = text.Split(':');
        int[] hidden = [.. parts[1].Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
        int? batch = parts.Length > 2 ? int.Parse(parts[2], CultureInfo.InvariantCulture) : null;
        return parts[0] switch
        {
            "full" => new Workload(text, OptimizerKind.Sgd, 0.5, hidden, batch),
            "momentum" => new Workload(text, OptimizerKind.Momentum, 0.05, hidden, batch),
            "adam" => new Workload(text, OptimizerKind.Adam, 0.001, hidden, batch),
            _ => throw new FormatException($"{text}: the optimizer is none of full, momentum, adam."),
        };
    }
}
