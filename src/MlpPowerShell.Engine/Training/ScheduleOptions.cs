namespace MlpPowerShell.Engine.Training;

/// <summary>Names the learning rate schedules.</summary>
public enum ScheduleKind
{
    /// <summary>The same rate throughout.</summary>
    Constant,

    /// <summary>Times the decay rate every some epochs.</summary>
    Step,

    /// <summary>Times the decay rate every epoch.</summary>
    Exponential,

    /// <summary>
    /// Half a cosine down to the final rate, once or with warm restarts (Loshchilov and Hutter, 2017, equation 5); every step.
    /// </summary>
    Cosine,

    /// <summary>
    /// Up from a 25th of the learning rate and down to a 10,000th of that, along half cosines (Smith and Topin, 2018, in PyTorch's form);
    /// every step.
    /// </summary>
    OneCycle,

    /// <summary>Down to the final rate along (1 - progress)^power; every step.</summary>
    Polynomial,

    /// <summary>Times the decay rate whenever the loss has not improved for some epochs.</summary>
    Plateau,
}

/// <summary>How the learning rate changes in the course of a training.</summary>
public sealed record ScheduleOptions
{
    /// <summary>The schedule.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Constant;

    /// <summary>
    /// Epochs, whole or not, in which the rate rises evenly, step by step, before the schedule begins. With OneCycle, the rising part of
    /// the cycle, of which null makes 30 % of all.
    /// </summary>
    [Within("The warm-up", 0, Unit = "epochs")]
    public double? WarmupEpochs { get; init; }

    /// <summary>Where Cosine and Polynomial end, and what Plateau does not go below; from 0 to the learning rate.</summary>
    [Within("The final learning rate", 0)]
    public double FinalLearningRate { get; init; }

    /// <summary>
    /// What Step, Exponential and Plateau multiply the rate by, above 0 and below 1; null for 0.1, or 0.95 with Exponential.
    /// </summary>
    [Within("The decay rate", 0, 1, Above = true, Below = true)]
    public double? DecayRate { get; init; }

    /// <summary>Epochs between the decays of Step, at least 1.</summary>
    [Within("The time between two decays", 1, Unit = "epochs")]
    public int DecayEvery { get; init; } = 10;

    /// <summary>How often Cosine starts again, at least 0.</summary>
    [Within("The number of restarts", 0)]
    public int Restarts { get; init; }

    /// <summary>The exponent of Polynomial, above 0.</summary>
    [Within("The power", 0, Above = true)]
    public double Power { get; init; } = 1;

    /// <summary>Epochs without improvement after which Plateau decays, at least 1.</summary>
    [Within("The patience of the schedule", 1, Unit = "epochs")]
    public int PlateauPatience { get; init; } = 5;

    /// <summary>
    /// The part of the best loss by which a loss must be below it to count as an improvement for Plateau, from 0 to below 1.
    /// </summary>
    [Within("The threshold of the schedule", 0, 1, Below = true)]
    public double PlateauThreshold { get; init; } = 1e-4;

    /// <summary>Epochs after a decay of Plateau in which none counts as one without improvement, at least 0.</summary>
    [Within("The cooldown of the schedule", 0, Unit = "epochs")]
    public int PlateauCooldown { get; init; }

    /// <summary>The options that were asked for and that the schedule does not have.</summary>
    /// <param name="isGiven">Which options somebody gave, be it with their defaults; null for those that differ from them.</param>
    public IEnumerable<UnusedOption> Unused(Func<string, bool>? isGiven = null)
    {
        var plain = new ScheduleOptions();
        ScheduleKind[] kinds = Enum.GetValues<ScheduleKind>();
        return from option in kinds.SelectMany(kind => kind.Definition().Options).Distinct()
               let property = typeof(ScheduleOptions).GetProperty(option)!
               where UnusedOption.IsAsked(option, property.GetValue(this), property.GetValue(plain), isGiven)
                   && !Kind.Definition().Options.Contains(option)
               select UnusedOption.Of(option, "schedule", Array.FindAll(kinds, kind => kind.Definition().Options.Contains(option)));
    }

    /// <summary>Checks every option, and what the schedule goes over.</summary>
    /// <param name="learningRate">The training's learning rate.</param>
    /// <param name="epochs">The training's epochs.</param>
    /// <exception cref="MlpException">One is outside its range.</exception>
    public void Validate(double learningRate, int epochs)
    {
        OptionCheck.Range<TrainingOptions>(nameof(TrainingOptions.Epochs), epochs);
        OptionCheck.Range<TrainingOptions>(nameof(TrainingOptions.LearningRate), learningRate);
        OptionCheck.Ranges(this);
        if (WarmupEpochs >= epochs)
        {
            throw OptionCheck.Invalid(
                "InvalidWarmupEpochs", $"The warm-up is {WarmupEpochs} epochs; it must be less than the {epochs} epochs of the training.");
        }

        if (FinalLearningRate > learningRate)
        {
            throw OptionCheck.Invalid(
                "InvalidFinalLearningRate",
                $"The final learning rate is {FinalLearningRate}; it must be at most the learning rate, {learningRate}.");
        }
    }
}
