using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// Options as a flat table of names and texts, which tells one training from another: in any process and culture it is the same.
/// </summary>
internal static class OptionTable
{
    private const string FullBatch = nameof(FullBatch);

    /// <summary>What changes nothing about the result of a training, and the data sets, which are told apart by their content.</summary>
    private static readonly HashSet<string> _apart =
    [
        nameof(TrainingOptions.Name),
        nameof(TrainingOptions.ThreadCount),
        nameof(TrainingOptions.ValidationData),
        nameof(TrainingOptions.Ranks),
        nameof(TrainingOptions.Notes),
        nameof(TrainingOptions.CheckpointPath),
        nameof(TrainingOptions.CheckpointEvery),
        nameof(TrainingOptions.Resume),
        nameof(TrainingOptions.ReplaceCheckpoint),
    ];

    /// <summary>
    /// The options that decide the result, in the ordinal order of their names; those that have their defaults, or change nothing as the
    /// others are, are left out, but never what turns gradients into steps, and of how many samples.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Of(TrainingOptions options, MlpModel model)
    {
        HashSet<string> unused = [.. OptionUse.Inert(options, model).Select(option => option.Option)];
        Dictionary<string, string> defaults = [];
        Dictionary<string, string> table = [];
        Add(defaults, string.Empty, new TrainingOptions { Epochs = 0, LearningRate = 0, Seed = options.Seed - 1 });
        defaults.Remove(nameof(TrainingOptions.Optimizer));
        Add(table, string.Empty, options with { Optimizer = options.Optimizer.WithoutDefaults() });
        if (options.BatchSize is null)
            table[FullBatch] = bool.TrueString;
        return table.Where(entry => entry.Value != defaults.GetValueOrDefault(entry.Key) && !unused.Contains(entry.Key))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .ToDictionary();
    }

    private static void Add(Dictionary<string, string> table, string prefix, object options)
    {
        foreach (System.Reflection.PropertyInfo property in options.GetType()
            .GetProperties()
            .Where(property => property.CanWrite && !_apart.Contains(property.Name)))
        {
            object? value = property.GetValue(options);
            if (value is OptimizerOptions or ScheduleOptions or AugmentationOptions)
                Add(table, property.Name, value);
            else if (value is not null)
                table[property.Name == nameof(OptimizerOptions.Kind) ? prefix : property.Name] = Text(value);
        }
    }

    private static string Text(object value) => value switch
    {
        ClassWeights weights => weights.Identity,
        bool flag => flag ? bool.TrueString : bool.FalseString,
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        int number => number.ToString(CultureInfo.InvariantCulture),
        Enum choice => choice.ToString(),
        IEnumerable<double> many => string.Join(", ", many.Select(number => Text(number))),
        _ => throw new InvalidOperationException($"Nothing tells one {value.GetType()} from another."),
    };
}
