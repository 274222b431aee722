namespace MlpPowerShell.Engine.Training;

/// <summary>The learning rates of a training, step by step.</summary>
public sealed class LearningRateSchedule
{
    private readonly ScheduleDefinition _definition;
    private readonly ScheduleOptions _options;
    private readonly double _learningRate;
    private readonly int _stepsPerEpoch;
    private readonly double _steps;
    private readonly double _warmupSteps;
    private readonly double _decayRate;

    /// <summary>Creates the schedule of one training.</summary>
    /// <param name="options">The schedule.</param>
    /// <param name="learningRate">The training's learning rate, the highest of the schedule.</param>
    /// <param name="epochs">The training's epochs.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch, at least 1.</param>
    /// <exception cref="MlpException">An option is outside its range.</exception>
    public LearningRateSchedule(ScheduleOptions options, double learningRate, int epochs, int stepsPerEpoch)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        options.Validate(learningRate, epochs);
        _definition = options.Kind.Definition();
        _options = options;
        _learningRate = learningRate;
        _stepsPerEpoch = stepsPerEpoch;
        _steps = (double)epochs * stepsPerEpoch;
        _warmupSteps = Math.Ceiling((options.WarmupEpochs ?? 0) * stepsPerEpoch);
        _decayRate = options.DecayRate ?? _definition.DecayRate;
    }

    /// <summary>What Plateau has seen so far.</summary>
    internal Memory Seen { get; set; } = new(1, double.PositiveInfinity, 0);

    /// <summary>The learning rates of all steps of a schedule that does not depend on the losses.</summary>
    /// <inheritdoc cref="LearningRateSchedule(ScheduleOptions, double, int, int)"/>
    /// <exception cref="MlpException">It depends on the losses, or an option is outside its range.</exception>
    public static IEnumerable<MlpScheduleStep> Steps(ScheduleOptions options, double learningRate, int epochs, int stepsPerEpoch)
    {
        var schedule = new LearningRateSchedule(options, learningRate, epochs, stepsPerEpoch);
        if (schedule._definition.DependsOnLosses)
        {
            throw new MlpException(
                "ScheduleNotKnown",
                MlpErrorKind.InvalidArgument,
                $"The schedule {options.Kind} depends on the losses of a training; look at the learning rates of its epochs.");
        }

        return from epoch in Enumerable.Range(1, epochs)
               from step in Enumerable.Range(0, stepsPerEpoch)
               select new MlpScheduleStep(epoch, step + 1, schedule.Rate(epoch, step));
    }

    /// <summary>The learning rate of a step; with Plateau, as the losses so far have made it.</summary>
    /// <param name="epoch">The epoch within the training, from 1.</param>
    /// <param name="step">The step within the epoch, from 0.</param>
    public double Rate(int epoch, int step)
    {
        double position = ((epoch - 1.0) * _stepsPerEpoch) + step;
        return position < _warmupSteps && !_definition.HasOwnWarmup
            ? _learningRate * (position + 1) / _warmupSteps
            : _definition.Rate(new SchedulePlace(_options, _learningRate, _decayRate, Seen.Factor)
            {
                Position = position,
                Steps = _steps,
                WarmupSteps = _warmupSteps,
                StepsPerEpoch = _stepsPerEpoch,
            });
    }

    /// <summary>Tells the schedule the loss after an epoch, for Plateau to act on.</summary>
    public void Observe(double loss)
    {
        bool isBetter = loss < Seen.BestLoss * (1 - _options.PlateauThreshold);
        int without = isBetter || Seen.Cooldown > 0 ? 0 : Seen.EpochsWithoutImprovement + 1;
        double best = isBetter ? loss : Seen.BestLoss;
        Seen = without > _options.PlateauPatience
            ? new Memory(Seen.Factor * _decayRate, best, 0, _options.PlateauCooldown)
            : new Memory(Seen.Factor, best, without, Math.Max(0, Seen.Cooldown - 1));
    }

    /// <summary>
    /// What the rate is multiplied by, the best loss so far, how long ago it was, and for how many epochs that does not count.
    /// </summary>
    internal sealed record Memory(double Factor, double BestLoss, int EpochsWithoutImprovement, int Cooldown = 0);
}
