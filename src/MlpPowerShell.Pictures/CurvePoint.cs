using System.Globalization;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures;

/// <summary>What curves show of an epoch; a figure that is not there is null.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Epoch">The epoch's number.</param>
public sealed record CurvePoint(string Run, double Epoch)
{
    /// <summary>The run's seed, which tells apart runs of one name; null where it is not known.</summary>
    public string? Seed { get; init; }

    /// <summary>The mean loss of the training set.</summary>
    public double? TrainingLoss { get; init; }

    /// <summary>The mean loss of the validation set.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The mean loss of the test set.</summary>
    public double? TestLoss { get; init; }

    /// <summary>The accuracy on the training set, from 0 to 1.</summary>
    public double? TrainingAccuracy { get; init; }

    /// <summary>The accuracy on the validation set, from 0 to 1.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>The accuracy on the test set, from 0 to 1.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>The part of the variance of the training set's targets that is explained, at most 1.</summary>
    public double? TrainingR2 { get; init; }

    /// <summary>The part of the variance of the validation set's targets that is explained, at most 1.</summary>
    public double? ValidationR2 { get; init; }

    /// <summary>The part of the variance of the test set's targets that is explained, at most 1.</summary>
    public double? TestR2 { get; init; }

    /// <summary>The point of an epoch.</summary>
    public static CurvePoint Of(MlpEpoch epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        return new CurvePoint(epoch.Run, epoch.Epoch)
        {
            Seed = epoch.Seed.ToString(CultureInfo.InvariantCulture),
            TrainingLoss = epoch.TrainingLoss,
            ValidationLoss = epoch.ValidationLoss,
            TestLoss = epoch.TestLoss,
            TrainingAccuracy = epoch.TrainingAccuracy,
            ValidationAccuracy = epoch.ValidationAccuracy,
            TestAccuracy = epoch.TestAccuracy,
            TrainingR2 = epoch.TrainingR2,
            ValidationR2 = epoch.ValidationR2,
            TestR2 = epoch.TestR2,
        };
    }
}
