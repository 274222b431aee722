namespace MlpPowerShell.Engine.Training;

/// <summary>The learning rates of a training, step by step.</summary>
public sealed class LearningRateSchedule
{
    private const double OneCycleRise = 0.3;
    private const double OneCycleStart = 1 / 25.0;
    private const double OneCycleEnd = OneCycleStart / 1e4;

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
        _options = options;
        _learningRate = learningRate;
        _stepsPerEpoch = stepsPerEpoch;
        _steps = (double)epochs * stepsPerEpoch;
        _warmupSteps = Math.Ceiling((options.WarmupEpochs ?? 0) * stepsPerEpoch);
        _decayRate = options.DecayRate ?? (options.Kind == ScheduleKind.Exponential ? 0.95 : 0.1);
    }

    /// <summary>What Plateau has seen so far.</summary>
    internal Memory Seen { get; set; } = new(1, double.PositiveInfinity, 0);

    /// <summary>The learning rates of all steps of a schedule that does not depend on the losses.</summary>
    /// <inheritdoc cref="LearningRateSchedule(ScheduleOptions, double, int, int)"/>
    public static IEnumerable<MlpScheduleStep> Steps(ScheduleOptions options, double learningRate, int epochs, int stepsPerEpoch)
    {
        var schedule = new LearningRateSchedule(options, learningRate, epochs, stepsPerEpoch);
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
        if (_options.Kind == ScheduleKind.OneCycle)
            return _learningRate * OneCycle(position);
        if (position < _warmupSteps)
            return _learningRate * (position + 1) / _warmupSteps;

        // Epochs and progress count from the end of the warm-up.
        double since = position - _warmupSteps;
        double epochs = Math.Floor(since / _stepsPerEpoch);
        double progress = since / (_steps - _warmupSteps);
        double end = _options.FinalLearningRate;
        return _options.Kind switch
        {
            ScheduleKind.Step => _learningRate * Math.Pow(_decayRate, Math.Floor(epochs / _options.DecayEvery)),
            ScheduleKind.Exponential => _learningRate * Math.Pow(_decayRate, epochs),
            ScheduleKind.Cosine => end + ((_learningRate - end) * HalfCosine(progress * (_options.Restarts + 1) % 1)),
            ScheduleKind.Polynomial => end + ((_learningRate - end) * Math.Pow(1 - progress, _options.Power)),
            ScheduleKind.Plateau => Math.Max(end, _learningRate * Seen.Factor),
            _ => _learningRate,
        };
    }

    /// <summary>Tells the schedule the loss after an epoch, for Plateau to act on.</summary>
    public void Observe(double loss)
    {
        // Relative improvements below a 10,000th don't count, as in PyTorch.
        if (loss < Seen.BestLoss * (1 - 1e-4))
            Seen = Seen with { BestLoss = loss, EpochsWithoutImprovement = 0 };
        else if (Seen.EpochsWithoutImprovement < _options.PlateauPatience)
            Seen = Seen with { EpochsWithoutImprovement = Seen.EpochsWithoutImprovement + 1 };
        else
            Seen = Seen with { Factor = Seen.Factor * _decayRate, EpochsWithoutImprovement = 0 };
    }

    // From 1 to 0.
    private static double HalfCosine(double progress) => (1 + Math.Cos(Math.PI * progress)) / 2;

    private double OneCycle(double position)
    {
        double top = Math.Max(0, (_options.WarmupEpochs is null ? OneCycleRise * _steps : _warmupSteps) - 1);
        if (position < top)
            return OneCycleStart + ((1 - OneCycleStart) * (1 - HalfCosine(position / top)));
        double fall = _steps - 1 - top;
        return fall > 0 ? OneCycleEnd + ((1 - OneCycleEnd) * HalfCosine((position - top) / fall)) : 1;
    }

    /// <summary>What the rate is multiplied by, the best loss so far, and how long ago it was.</summary>
    internal sealed record Memory(double Factor, double BestLoss, int EpochsWithoutImprovement);
}
