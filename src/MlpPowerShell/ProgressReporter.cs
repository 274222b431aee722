using System.Diagnostics;
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
    private bool _shown;

    public void Report(TrainingProgress progress)
    {
        if (_elapsed.Elapsed < _next)
            return;
        _next = _elapsed.Elapsed + _interval;
        double fraction = progress.Fraction;
        _record.StatusDescription = $"Epoch {progress.Epoch} of {progress.Epochs}, sample {progress.Samples} of {progress.SampleCount}";
        _record.PercentComplete = (int)(100 * fraction);
        _record.SecondsRemaining = fraction > 0 ? (int)Math.Ceiling(_elapsed.Elapsed.TotalSeconds * (1 - fraction) / fraction) : -1;
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
