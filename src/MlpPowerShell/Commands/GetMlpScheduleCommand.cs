using System.Management.Automation;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Commands;

/// <summary>Lists the learning rates that a schedule will give.</summary>
[Cmdlet(VerbsCommon.Get, "MlpSchedule")]
[OutputType(typeof(MlpScheduleStep))]
public sealed class GetMlpScheduleCommand : ScheduledCmdlet
{
    /// <summary>Epochs to train for.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public int Epochs { get; set; }

    /// <summary>The learning rate, the highest of the schedule.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Option<TrainingOptions>]
    public double LearningRate { get; set; }

    /// <summary>Steps of an epoch: the samples over the batch size.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<int>(Empty = 1)]
    [ValidateRange(1, int.MaxValue)]
    public int StepsPerEpoch { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Schedule, () =>
    {
        ScheduleOptions schedule = ScheduleOptions(ScheduleKind.Constant);
        WriteUnused(schedule.Unused(IsGiven));
        foreach (MlpScheduleStep step in LearningRateSchedule.Steps(schedule, LearningRate, Epochs, StepsPerEpoch))
        {
            StopToken.ThrowIfCancellationRequested();
            WriteObject(step);
        }
    });
}
