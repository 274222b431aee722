using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>What a training is made of.</summary>
/// <param name="Model">The model; its weights change.</param>
/// <param name="Sets">What it learns from, and what it is measured on.</param>
/// <param name="Options">How to train.</param>
/// <param name="Progress">Called several times an epoch, or null.</param>
/// <param name="OnStep">Called after each step; returns whether to go on. Null for no call.</param>
/// <param name="Cancellation">Stops the training between two slices.</param>
internal sealed record TrainingPlan(
    MlpModel Model,
    TrainingSets Sets,
    TrainingOptions Options,
    Action<TrainingProgress>? Progress,
    Func<MlpStep, bool>? OnStep,
    CancellationToken Cancellation)
{
    /// <summary>The fewest samples that can be normalized by their own statistics.</summary>
    public const int LeastNormalized = 2;

    /// <summary>Samples of a step, those of all ranks.</summary>
    public int BatchSize =>
        (int)Math.Min(Options.BatchSize ?? Sets.Training.Count, Math.Min(Sets.Training.LargestPart, Sets.Training.Count));

    /// <summary>
    /// How an epoch is cut into steps. One sample has no variance to normalize by, so that each rank gets two at least.
    /// </summary>
    public BatchSizes Batches => new(BatchSize, Model.HasBatchNormalization ? LeastNormalized * (Options.Ranks?.Count ?? 1) : 1);

    /// <summary>The most threads.</summary>
    public int MostThreads => Options.ThreadCount ?? Environment.ProcessorCount;

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch => Sets.Training.Steps(Batches);
}
