namespace MlpPowerShell.Engine.Training;

/// <summary>How far a training has come.</summary>
/// <param name="Epoch">The epoch at work, counted within this training from 1.</param>
/// <param name="Epochs">The epochs of this training.</param>
/// <param name="Steps">Steps done within the epoch.</param>
/// <param name="StepCount">Steps of an epoch.</param>
/// <param name="Samples">Training samples done within the epoch.</param>
/// <param name="SampleCount">Training samples of an epoch.</param>
/// <param name="Loss">The mean loss of the epoch so far, or of the last one where none is known of this; NaN before the first.</param>
public readonly record struct TrainingProgress(int Epoch, int Epochs, int Steps, int StepCount, long Samples, long SampleCount, double Loss)
{
    /// <summary>The part done of the whole training, from 0 to 1.</summary>
    public double Fraction => (Epoch - 1 + ((double)Samples / SampleCount)) / Epochs;
}
