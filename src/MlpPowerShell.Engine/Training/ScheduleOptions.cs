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

    /// <summary>Half a cosine down to the final rate, once or with warm restarts (Loshchilov and Hutter, 2017, equation 5); every step.</summary>
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
    /// Epochs, whole or not, in which the rate rises evenly, step by step, before the schedule begins. With OneCycle, the rising part of the
    /// cycle, of which null makes 30 % of all.
    /// </summary>
    public double? WarmupEpochs { get; init; }

    /// <summary>Where Cosine and Polynomial end, and what Plateau does not go below; from 0 to the learning rate.</summary>
    public double FinalLearningRate { get; init; }

    /// <summary>What Step, Exponential and Plateau multiply the rate by, above 0 and below 1; null for 0.1, or 0.95 with Exponential.</summary>
    public double? DecayRate { get; init; }

    /// <summary>Epochs between the decays of Step, at least 1.</summary>
    public int DecayEvery { get; init; } = 10;

    /// <summary>How often Cosine starts again, at least 0.</summary>
    public int Restarts { get; init; }

    /// <summary>The exponent of Polynomial, above 0.</summary>
    public double Power { get; init; } = 1;

    /// <summary>Epochs without improvement after which Plateau decays, at least 1.</summary>
    public int PlateauPatience { get; init; } = 5;

    /// <summary>Checks every option, and what the schedule goes over.</summary>
    /// <param name="learningRate">The training's learning rate.</param>
    /// <param name="epochs">The training's epochs.</param>
    /// <exception cref="MlpException">One is outside its range.</exception>
    public void Validate(double learningRate, int epochs)
    {
        Check("InvalidEpochs", epochs >= 1, $"The number of epochs is {epochs}; it must be at least 1.");
        OptionCheck.Positive("InvalidLearningRate", "The learning rate", learningRate);
        Check("InvalidWarmupEpochs", WarmupEpochs is null or (>= 0 and < double.PositiveInfinity) && !(WarmupEpochs >= epochs), $"The warm-up takes {WarmupEpochs} epochs; it must take at least 0, and less than the {epochs} epochs of the training.");
        Check("InvalidFinalLearningRate", FinalLearningRate >= 0 && FinalLearningRate <= learningRate, $"The final learning rate is {FinalLearningRate}; it must be at least 0 and at most the learning rate, {learningRate}.");
        Check("InvalidDecayRate", DecayRate is null or (> 0 and < 1), $"The decay rate is {DecayRate}; it must be above 0 and below 1.");
        Check("InvalidDecayEvery", DecayEvery >= 1, $"The learning rate would decay every {DecayEvery} epochs; it must be at least 1.");
        Check("InvalidRestarts", Restarts >= 0, $"The number of restarts is {Restarts}; it must be at least 0.");
        OptionCheck.Positive("InvalidPower", "The power", Power);
        Check("InvalidPlateauPatience", PlateauPatience >= 1, $"The patience of the schedule is {PlateauPatience} epochs; it must be at least 1.");
    }

    private static void Check(string errorId, bool holds, string message)
    {
        if (!holds)
            throw OptionCheck.Invalid(errorId, message);
    }
}
