using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// What a training was made of: trained again from the same weights on the same type of processor, this gives the same bits.
/// </summary>
public sealed record MlpRun
{
    /// <summary>The run's name.</summary>
    public required string Name { get; init; }

    /// <summary>The network: 784-128-64-10.</summary>
    public required string Architecture { get; init; }

    /// <summary>What its layers do with their sums.</summary>
    public required string Activations { get; init; }

    /// <summary>What was minimized.</summary>
    public required LossKind Loss { get; init; }

    /// <summary>What the loss left to be chosen, as far as it is not the default; null where all of it is.</summary>
    public string? LossOptions { get; init; }

    /// <summary>What keeps the denominators of batch normalization off zero; null where it is the default, or there is none.</summary>
    public double? NormalizationEpsilon { get; init; }

    /// <summary>The optimizer.</summary>
    public required OptimizerKind Optimizer { get; init; }

    /// <summary>Samples of a mini-batch, or null for full-batch training.</summary>
    public int? BatchSize { get; init; }

    /// <summary>The learning rate, the highest of the schedule.</summary>
    public required double LearningRate { get; init; }

    /// <summary>What decides shuffles, masks, distortions and the validation split.</summary>
    public required int Seed { get; init; }

    /// <summary>
    /// What turned gradients into steps, and all other options that differ from their defaults and acted, by the names of their parameters.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The same with those that act only when there are more epochs: what must be the same to go on.</summary>
    [JsonInclude]
    internal IReadOnlyDictionary<string, string> Identity { get => field ?? Options; init; }

    /// <summary>How many processes trained the model together.</summary>
    public int Ranks { get; init; } = 1;

    /// <summary>The fingerprint of the training set, what is set aside for validation left out.</summary>
    public required string TrainingData { get; init; }

    /// <summary>The fingerprint of the validation set, or null without one.</summary>
    public string? ValidationData { get; init; }

    /// <summary>The fingerprint of the test set, or null without one.</summary>
    public string? TestData { get; init; }

    /// <summary>
    /// The seed that the weights at the start were drawn from, or null where they came from a file or an earlier training.
    /// </summary>
    public int? InitialSeed { get; init; }

    /// <summary>How these were drawn; null where they were not.</summary>
    public Initializer? Initializer { get; init; }

    /// <summary>The fingerprint of the weights at the start.</summary>
    public required string InitialWeights { get; init; }

    /// <summary>When the training began; null where that was not kept.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>The version of the engine.</summary>
    public required string Version { get; init; }

    /// <summary>Runtime, processor type and vector width.</summary>
    public required string Platform { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {string.Join(", ", Options.Select(option => $"{option.Key} {option.Value}"))}; {TrainingData}; MlpPowerShell "
        + $"{Version}, {Platform}");

    /// <summary>The name of a run that has none: its architecture, optimizer, learning rate and batch size.</summary>
    /// <param name="model">The model that it trains.</param>
    /// <param name="options">How it does.</param>
    public static string NameOf(MlpModel model, TrainingOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"{model.Architecture} {options.Optimizer.Kind} "
        + $"{options.LearningRate}{(options.BatchSize is { } size ? $" batch {size}" : string.Empty)}");

    internal static MlpRun Of(MlpModel model, TrainingSets sets, TrainingOptions options) => new()
    {
        Name = options.Name ?? NameOf(model, options),
        Architecture = model.Architecture,
        Activations = model.Activations,
        Loss = model.Loss,
        LossOptions = TextOf(model.LossOptions),
        NormalizationEpsilon = model.NormalizationEpsilon == BatchNormalization.DefaultEpsilon ? null : model.NormalizationEpsilon,
        Optimizer = options.Optimizer.Kind,
        BatchSize = options.BatchSize,
        LearningRate = options.LearningRate,
        Seed = options.Seed,
        Options = options.Acting(model),
        Identity = options.Identity(model),
        Ranks = options.Ranks?.Count ?? 1,
        TrainingData = sets.Training.Fingerprint,
        ValidationData = sets.Validation?.Fingerprint,
        TestData = sets.Test?.Fingerprint,
        InitialSeed = model.EpochsTrained == 0 ? model.InitialSeed : null,
        Initializer = model.EpochsTrained == 0 ? model.Initializer : null,
        InitialWeights = model.Fingerprint(),
        Started = DateTimeOffset.UtcNow,
        Version = typeof(MlpRun).Assembly.GetName().Version!.ToString(3),
        Platform = $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, "
            + $"{32 * Kernel.Best.Lanes}-bit vectors",
    };

    /// <summary>In which respects another training is not this one, in words.</summary>
    internal IEnumerable<string> DifferencesTo(MlpRun other)
    {
        Dictionary<string, string?> mine = Facts();
        Dictionary<string, string?> theirs = other.Facts();
        return from name in mine.Keys.Union(theirs.Keys)
               let here = mine.GetValueOrDefault(name)
               let there = theirs.GetValueOrDefault(name)
               where here != there
               select $"{name} is {here ?? "not given"} here and {there ?? "not given"} there";
    }

    private Dictionary<string, string?> Facts() => new(Identity!)
    {
        [nameof(Architecture)] = Architecture,
        [nameof(Activations)] = Activations,
        [nameof(Loss)] = $"{Loss}",
        [nameof(LossOptions)] = LossOptions,
        [nameof(NormalizationEpsilon)] = NormalizationEpsilon?.ToString("R", CultureInfo.InvariantCulture),
        [nameof(TrainingData)] = TrainingData,
        [nameof(ValidationData)] = ValidationData,
        [nameof(TestData)] = TestData,
    };

    private static string? TextOf(LossOptions options)
    {
        IEnumerable<string> given =
            options.Given.Select(option => string.Create(CultureInfo.InvariantCulture, $"{option.Key} {option.Value:R}"));
        return string.Join(", ", given) is { Length: > 0 } text ? text : null;
    }
}
