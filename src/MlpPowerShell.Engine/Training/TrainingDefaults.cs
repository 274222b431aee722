using System.Numerics;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// What a model and its training are made of where nobody says: chosen because they measured best, or as well as any, on three dozen tables
/// of 12 to 15,000 rows and on MNIST.
/// </summary>
public static class TrainingDefaults
{
    /// <summary>
    /// Epochs of a training of which nothing is said: one cycle of the learning rate (Smith and Topin, 2018), of which 40 epochs learn more
    /// than 200 do at a constant rate; more where that is but few steps.
    /// </summary>
    public const int CycleEpochs = 40;

    /// <summary>The highest learning rate of that cycle.</summary>
    public const double CycleLearningRate = 0.01;

    /// <summary>The most epochs of a training that ends by itself.</summary>
    public const int MostEpochs = 200;

    /// <summary>Epochs to train for, at most where the training ends by itself.</summary>
    /// <param name="samples">Samples to train on.</param>
    /// <param name="batchSize">Samples of a mini-batch; null for all of them.</param>
    /// <param name="schedule">How the rate changes: where it does so over the whole training, that doesn't end earlier.</param>
    public static int Epochs(int samples, int? batchSize, ScheduleKind schedule)
    {
        int steps = Steps(samples, batchSize);
        return schedule.Definition().SpansTraining ? Math.Max(CycleEpochs, (LeastSteps + steps - 1) / steps) : MostEpochs;
    }

    /// <summary>How much better an epoch must be to count as an improvement: a loss of classes, or of targets that are scaled.</summary>
    public const double MinImprovement = 1e-4;

    /// <summary>The optimizer of mini-batches: Adam with decoupled weight decay.</summary>
    public const OptimizerKind Optimizer = OptimizerKind.AdamW;

    /// <summary>The optimizer of steps with all samples: gradient descent.</summary>
    public const OptimizerKind FullBatchOptimizer = OptimizerKind.Sgd;

    /// <summary>The weight decay of the optimizer of mini-batches where neither is given.</summary>
    public const double WeightDecay = 0.1;

    /// <summary>Units of the hidden layer.</summary>
    public const int HiddenSize = 128;

    /// <summary>How the weights around that layer are drawn.</summary>
    public const Initializer Initializer = Network.Initializer.PyTorch;

    private const int LeastPatience = 10;
    private const int StepsOfPatience = 500;
    private const int FewestOfBatch = 16;
    private const int MostOfBatch = 128;
    private const int StepsOfEpoch = 50;

    /// <summary>Steps of a cycle in which tables of some dozen rows learn what there is to learn.</summary>
    private const int LeastSteps = 160;

    /// <summary>
    /// Samples of a mini-batch: a power of two from 16 to 128 that makes some 50 steps an epoch, and no more than there are; null, all of
    /// them, where the optimizer needs that.
    /// </summary>
    /// <param name="samples">Samples to train on.</param>
    /// <param name="optimizer">The optimizer.</param>
    public static int? BatchSize(int samples, OptimizerKind optimizer)
    {
        if (optimizer.Definition().SearchesLines)
            return null;
        int usual = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, samples / StepsOfEpoch));
        return Math.Clamp(usual, Math.Clamp(samples, 1, FewestOfBatch), MostOfBatch);
    }

    /// <summary>
    /// Epochs without improvement that end it: 10, or where they have few steps as many as 500 steps take, in which small tables have time
    /// to begin to learn. Null where the rate changes over the whole training, and where the optimizer knows when it is at the bottom: on
    /// the way down to it, the training loss alone, without weight decay, may rise.
    /// </summary>
    /// <param name="samples">Samples to train on.</param>
    /// <param name="batchSize">Samples of a mini-batch; null for all of them.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="schedule">How the rate changes.</param>
    /// <param name="validation">Whether the loss of other samples tells when to end.</param>
    public static int? Patience(int samples, int? batchSize, OptimizerKind optimizer, ScheduleKind schedule, bool validation)
    {
        if (schedule.Definition().SpansTraining)
            return null;
        if (optimizer.Definition().SearchesLines && !validation)
            return null;
        return batchSize is not { } size
            ? LeastPatience
            : Math.Clamp(StepsOfPatience / Steps(samples, size), LeastPatience, MostEpochs - 1);
    }

    /// <summary>Steps of an epoch.</summary>
    private static int Steps(int samples, int? batchSize) =>
        batchSize is { } size ? Math.Max(1, new BatchSizes(size, 1).Batches(samples)) : 1;
}
