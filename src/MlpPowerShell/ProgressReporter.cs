using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>Shows a training's progress with the time left, a few times a second.</summary>
internal sealed class ProgressReporter(Cmdlet cmdlet, string activity)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(200);

    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private readonly ProgressRecord _record = new(1, activity, "Starting");
    private TimeSpan _next = _interval;
    private double? _start;
    private bool _shown;

    public void Report(TrainingProgress progress)
    {
        // A training that goes on from a checkpoint does not start at nothing.
        double fraction = progress.Fraction, start = _start ??= fraction;
        if (_elapsed.Elapsed < _next)
            return;
        _next = _elapsed.Elapsed + _interval;
        double done = fraction - start, seconds = _elapsed.Elapsed.TotalSeconds;
        string loss =
            double.IsNaN(progress.Loss) ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", loss {progress.Loss:0.0000}");
        string step =
            progress.StepCount > 1 ? $", step {Math.Min(progress.Steps + 1, progress.StepCount)} of {progress.StepCount}" : string.Empty;
        double perSecond = done * progress.Epochs * progress.SampleCount / seconds;
        _record.StatusDescription = string.Create(
            CultureInfo.InvariantCulture, $"Epoch {progress.Epoch} of {progress.Epochs}{step}{loss}, {perSecond:N0} samples/s");
        _record.PercentComplete = (int)(100 * fraction);
        _record.SecondsRemaining = done > 0 ? (int)Math.Ceiling(seconds * (1 - fraction) / done) : -1;
        cmdlet.WriteProgress(_record);
        _shown = true;
    }

    public void Complete()
    {
        if (!_shown)
            return;
        _record.RecordType = ProgressRecordType.Completed;
        cmdlet.WriteProgress(_record);
    }
}
