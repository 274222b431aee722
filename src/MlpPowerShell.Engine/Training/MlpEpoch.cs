using System.Globalization;
using System.Text.Json.Serialization;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>One epoch of a training: flat figures, so that a table of epochs is a clean CSV.</summary>
/// <param name="Epoch">The epoch's number, from 1; it goes on when a model is trained again.</param>
/// <param name="TrainingLoss">
/// Mean loss of the training set: after the update in full-batch training or where the whole set is measured, else the running mean over
/// the epoch's batches of what training minimizes: with dropout, distortions and smoothed labels, with weights of classes too
/// their weighted mean. Weights of samples count in every figure.
/// </param>
/// <param name="TrainingAccuracy">The fraction classified right, from 0 to 1, measured with the loss; null in regression.</param>
/// <param name="ValidationLoss">Mean loss of the validation set after the epoch, or null without one.</param>
/// <param name="ValidationAccuracy">The fraction of the validation set classified right, from 0 to 1, or null without one.</param>
/// <param name="TestLoss">Mean loss of the test set after the epoch, or null without one.</param>
/// <param name="TestAccuracy">The fraction of the test set classified right, from 0 to 1, or null without one.</param>
/// <param name="Rate">The learning rate of the epoch's last step, which a schedule changes.</param>
/// <param name="GradientNorm">The norm of the gradient of all parameters, before clipping: its mean over the epoch's steps.</param>
/// <param name="IsBest">Whether the epoch is the best of its training so far, by what is monitored.</param>
/// <param name="Elapsed">The epoch's own time, evaluation included.</param>
/// <param name="SamplesPerSecond">Training samples over elapsed time.</param>
/// <param name="Details">What the run is made of, so that it can be run again.</param>
public sealed record MlpEpoch(
    int Epoch,
    double TrainingLoss,
    double? TrainingAccuracy,
    double? ValidationLoss,
    double? ValidationAccuracy,
    double? TestLoss,
    double? TestAccuracy,
    double Rate,
    double GradientNorm,
    bool IsBest,
    TimeSpan Elapsed,
    double SamplesPerSecond,
    MlpRun Details)
{
    /// <summary>
    /// The part of the targets' variance that is explained, at most 1, a mean over the targets, measured with the loss; of a
    /// target that does not vary 0. Null in classification.
    /// </summary>
    public double? TrainingR2 { get; init; }

    /// <summary>
    /// The mean distance of predictions from targets, in the targets' unit, measured with the loss; null in classification.
    /// </summary>
    public double? TrainingMae { get; init; }

    /// <summary>The same as <see cref="TrainingR2"/> for the validation set after the epoch, or null without one.</summary>
    public double? ValidationR2 { get; init; }

    /// <summary>The same as <see cref="TrainingMae"/> for the validation set after the epoch, or null without one.</summary>
    public double? ValidationMae { get; init; }

    /// <summary>The same as <see cref="TrainingR2"/> for the test set after the epoch, or null without one.</summary>
    public double? TestR2 { get; init; }

    /// <summary>The same as <see cref="TrainingMae"/> for the test set after the epoch, or null without one.</summary>
    public double? TestMae { get; init; }

    /// <summary>The run's name.</summary>
    public string Run => Details.Name;

    /// <summary>The network: 784-128-64-10.</summary>
    public string Architecture => Details.Architecture;

    /// <summary>The optimizer.</summary>
    public OptimizerKind Optimizer => Details.Optimizer;

    /// <summary>The learning rate of the run, the highest of its schedule.</summary>
    public double LearningRate => Details.LearningRate;

    /// <summary>Samples of a mini-batch, or null for full-batch training.</summary>
    public int? BatchSize => Details.BatchSize;

    /// <summary>The seed of shuffles, masks, distortions and the validation split.</summary>
    public int Seed => Details.Seed;

    /// <summary>How many processes trained the model together; 1 where none did but this.</summary>
    public int Ranks => Details.Ranks;

    /// <summary>The time of the epoch that rank 0 waited for others and for messages; nothing where it trained alone.</summary>
    public TimeSpan CommunicationTime { get; init; }

    /// <summary>What the run is made of, so that it can be run again.</summary>
    [JsonIgnore]
    public MlpRun Details { get; init; } = Details;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"epoch {Epoch} of {Run}: loss {ValidationLoss ?? TrainingLoss:G5}");
}
