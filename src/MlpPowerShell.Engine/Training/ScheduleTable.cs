namespace MlpPowerShell.Engine.Training;

/// <summary>All that there is to know of a schedule.</summary>
/// <param name="Rate">The learning rate at a place behind the warm-up.</param>
internal sealed record ScheduleDefinition(Func<SchedulePlace, double> Rate)
{
    /// <summary>What the rate is multiplied by where nothing is given, if it is multiplied by anything.</summary>
    public double DecayRate { get; init; } = 0.1;

    /// <summary>Which of the options that not every schedule has are its own.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Epochs after which it can first lower the rate.</summary>
    public Func<ScheduleOptions, double> FirstDecay { get; init; } = _ => 0;

    /// <summary>Whether its own curve rises at the start, so that no warm-up goes before it.</summary>
    public bool HasOwnWarmup { get; init; }

    /// <summary>Whether its rates depend on how many steps the training has in all.</summary>
    public bool SpansTraining { get; init; }

    /// <summary>Whether only a training can tell its rates.</summary>
    public bool DependsOnLosses { get; init; }
}

/// <summary>Where in a training a learning rate is wanted.</summary>
/// <param name="Options">The options of the schedule.</param>
/// <param name="Top">The training's learning rate.</param>
/// <param name="DecayRate">What the rate is multiplied by, if by anything.</param>
/// <param name="Factor">What the losses so far have made of it.</param>
internal readonly record struct SchedulePlace(ScheduleOptions Options, double Top, double DecayRate, double Factor)
{
    /// <summary>The step, from 0.</summary>
    public required double Position { get; init; }

    /// <summary>Steps of the training.</summary>
    public required double Steps { get; init; }

    /// <summary>Steps of the warm-up.</summary>
    public required double WarmupSteps { get; init; }

    /// <summary>Steps of an epoch.</summary>
    public required int StepsPerEpoch { get; init; }

    /// <summary>Whole epochs since the warm-up.</summary>
    public double Epochs => Math.Floor((Position - WarmupSteps) / StepsPerEpoch);

    /// <summary>The part of the schedule since the warm-up that is done, from 0 to below 1.</summary>
    public double Progress => (Position - WarmupSteps) / (Steps - WarmupSteps);

    /// <summary>Between the final rate and the training's, from 0 to 1.</summary>
    public double Above(double part) => Options.FinalLearningRate + ((Top - Options.FinalLearningRate) * part);
}

internal static class ScheduleTable
{
    private const double OneCycleRise = 0.3;
    private const double OneCycleStart = 1 / 25.0;
    private const double OneCycleEnd = OneCycleStart / 1e4;

    /// <summary>What there is to know of a schedule.</summary>
    public static ScheduleDefinition Definition(this ScheduleKind kind) => kind switch
    {
        ScheduleKind.Constant => new(place => place.Top),
        ScheduleKind.Step => new(place => place.Top * Math.Pow(place.DecayRate, Math.Floor(place.Epochs / place.Options.DecayEvery)))
        {
            Options = [nameof(ScheduleOptions.DecayRate), nameof(ScheduleOptions.DecayEvery)],
            FirstDecay = options => (options.WarmupEpochs ?? 0) + options.DecayEvery,
        },
        ScheduleKind.Exponential => new(place => place.Top * Math.Pow(place.DecayRate, place.Epochs))
        {
            DecayRate = 0.95,
            Options = [nameof(ScheduleOptions.DecayRate)],
        },
        ScheduleKind.Cosine => new(place => place.Above(HalfCosine(place.Progress * (place.Options.Restarts + 1) % 1)))
        {
            SpansTraining = true,
            Options = [nameof(ScheduleOptions.FinalLearningRate), nameof(ScheduleOptions.Restarts)],
        },
        ScheduleKind.OneCycle => new(OneCycle) { HasOwnWarmup = true, SpansTraining = true },
        ScheduleKind.Polynomial => new(place => place.Above(Math.Pow(1 - place.Progress, place.Options.Power)))
        {
            SpansTraining = true,
            Options = [nameof(ScheduleOptions.FinalLearningRate), nameof(ScheduleOptions.Power)],
        },
        ScheduleKind.Plateau => new(place => Math.Max(place.Options.FinalLearningRate, place.Top * place.Factor))
        {
            DependsOnLosses = true,

            // The first epoch is the best so far, and the decay of the one that is one too many counts in the next.
            FirstDecay = options => options.PlateauPatience + 2,
            Options =
            [
                nameof(ScheduleOptions.FinalLearningRate), nameof(ScheduleOptions.DecayRate), nameof(ScheduleOptions.PlateauPatience),
                nameof(ScheduleOptions.PlateauThreshold), nameof(ScheduleOptions.PlateauCooldown),
            ],
        },
    };

    // From 1 to 0.
    private static double HalfCosine(double progress) => (1 + Math.Cos(Math.PI * progress)) / 2;

    private static double OneCycle(SchedulePlace place)
    {
        // Of few steps the first is behind the top already, as in PyTorch. A single one would be at the end, and lead nowhere.
        if (place.Steps == 1)
            return place.Top;
        double top = place.Options.WarmupEpochs is null ? (OneCycleRise * place.Steps) - 1 : Math.Max(0, place.WarmupSteps - 1);
        if (place.Position < top)
            return place.Top * (OneCycleStart + ((1 - OneCycleStart) * (1 - HalfCosine(place.Position / top))));
        double fall = place.Steps - 1 - top;
        return place.Top * (fall > 0 ? OneCycleEnd + ((1 - OneCycleEnd) * HalfCosine((place.Position - top) / fall)) : 1);
    }
}
