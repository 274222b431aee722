namespace MlpPowerShell.Engine.Training;

/// <summary>A figure of an epoch that tells how good the model is.</summary>
public enum MlpMetric
{
    /// <summary>The loss on the training set.</summary>
    TrainingLoss,

    /// <summary>The accuracy on the training set.</summary>
    TrainingAccuracy,

    /// <summary>The loss on the validation set.</summary>
    ValidationLoss,

    /// <summary>The accuracy on the validation set.</summary>
    ValidationAccuracy,

    /// <summary>The loss on the test set.</summary>
    TestLoss,

    /// <summary>The accuracy on the test set.</summary>
    TestAccuracy,
}

/// <summary>What is known of figures.</summary>
internal static class MlpMetrics
{
    /// <summary>Whether a figure counts what is right, as classifiers alone do.</summary>
    public static bool IsAccuracy(this MlpMetric metric) =>
        metric is MlpMetric.TrainingAccuracy or MlpMetric.ValidationAccuracy or MlpMetric.TestAccuracy;
}
