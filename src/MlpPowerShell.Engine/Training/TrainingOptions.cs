using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>How to train.</summary>
public sealed record TrainingOptions
{
    /// <summary>Epochs to train for, at least 1.</summary>
    public required int Epochs { get; init; }

    /// <summary>The learning rate, a positive finite number: the highest of the schedule.</summary>
    public required double LearningRate { get; init; }

    /// <summary>How the learning rate changes.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>Samples of a mini-batch, or null for all of them.</summary>
    public int? BatchSize { get; init; }

    /// <summary>What turns gradients into steps.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>Whether mini-batches are drawn from a new order each epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Determines the orders.</summary>
    public int Seed { get; init; }

    /// <summary>Whether mini-batch training measures the whole training set after each epoch, instead of the running mean.</summary>
    public bool EvaluateTraining { get; init; }

    /// <summary>The most threads to use, from 1 to 1024.</summary>
    public int ThreadCount { get; init; } = Environment.ProcessorCount;

    /// <summary>Checks every option.</summary>
    /// <exception cref="MlpException">One is outside its range.</exception>
    public void Validate()
    {
        if (Epochs < 1)
            throw Invalid("InvalidEpochs", $"The number of epochs is {Epochs}; it must be at least 1.");
        if (!double.IsFinite(LearningRate) || LearningRate <= 0)
            throw Invalid("InvalidLearningRate", $"The learning rate is {LearningRate}; it must be a number above 0.");
        if (BatchSize < 1)
            throw Invalid("InvalidBatchSize", $"The batch size is {BatchSize}; it must be at least 1, or left out for full-batch training.");
        Optimizer.Validate();
        Schedule.Validate(LearningRate, Epochs);
        if (ThreadCount is < 1 or > 1024)
            throw Invalid("InvalidThreadCount", $"The number of threads is {ThreadCount}; it must be from 1 to 1024.");
    }

    private static MlpException Invalid(string errorId, string message) => new(errorId, MlpErrorKind.InvalidArgument, message);
}
