using System.Management.Automation;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>The parameters of a schedule of the learning rate, the same wherever there is one.</summary>
public abstract class ScheduledCmdlet : MlpCmdlet
{
    private ScheduleOptions _schedule = new();

    /// <summary>How the learning rate changes; without it not at all, where the command chooses nothing else.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<ScheduleKind>))]
    [Option<ScheduleOptions>(nameof(Engine.Training.ScheduleOptions.Kind), IsChosen = true)]
    public Choice<ScheduleKind>? Schedule { get; set; }

    /// <summary>Epochs in which the learning rate rises before the schedule begins.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<ScheduleOptions>]
    public double? WarmupEpochs { get => _schedule.WarmupEpochs; set => _schedule = _schedule with { WarmupEpochs = value }; }

    /// <summary>Where Cosine and Polynomial end, and what Plateau does not go below.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<ScheduleOptions>]
    public double FinalLearningRate { get => _schedule.FinalLearningRate; set => _schedule = _schedule with { FinalLearningRate = value }; }

    /// <summary>What Step, Exponential and Plateau multiply the learning rate by.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<ScheduleOptions>]
    public double? DecayRate { get => _schedule.DecayRate; set => _schedule = _schedule with { DecayRate = value }; }

    /// <summary>Epochs between the decays of Step.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<ScheduleOptions>]
    public int DecayEvery { get => _schedule.DecayEvery; set => _schedule = _schedule with { DecayEvery = value }; }

    /// <summary>How often Cosine starts again.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<ScheduleOptions>]
    public int Restarts { get => _schedule.Restarts; set => _schedule = _schedule with { Restarts = value }; }

    /// <summary>The exponent of Polynomial.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<ScheduleOptions>]
    public double Power { get => _schedule.Power; set => _schedule = _schedule with { Power = value }; }

    /// <summary>Epochs without improvement after which Plateau decays.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<ScheduleOptions>]
    public int PlateauPatience { get => _schedule.PlateauPatience; set => _schedule = _schedule with { PlateauPatience = value }; }

    /// <summary>By how much a loss must be below the best one, as a part of it, to count as an improvement for Plateau.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<ScheduleOptions>]
    public double PlateauThreshold { get => _schedule.PlateauThreshold; set => _schedule = _schedule with { PlateauThreshold = value }; }

    /// <summary>Epochs after a decay of Plateau that do not count as ones without improvement.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<ScheduleOptions>]
    public int PlateauCooldown { get => _schedule.PlateauCooldown; set => _schedule = _schedule with { PlateauCooldown = value }; }

    /// <summary>The schedule that the parameters describe.</summary>
    /// <param name="usual">Its kind where none is given.</param>
    protected ScheduleOptions ScheduleOptions(ScheduleKind usual) => _schedule with { Kind = Schedule ?? usual };
}
