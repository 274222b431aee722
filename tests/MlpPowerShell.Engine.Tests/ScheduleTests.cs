using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public class ScheduleTests
{
    /// <summary>
    /// Schedules, their epochs and steps per epoch, and the learning rates that torch.optim.lr_scheduler (1.13) gives from 0.5.
    /// </summary>
    public static TheoryData<ScheduleOptions, int, int, double[]> PyTorch => new()
    {
        {
            new() { Kind = ScheduleKind.OneCycle },
            5,
            4,
            [
                0.020000000000000018,
                0.06583592135001265,
                0.18583592135001265,
                0.3341640786499874,
                0.45416407864998737,
                0.5,
                0.49373200311754367,
                0.47524231600673683,
                0.445458088785525,
                0.40587282697488153,
                0.3584715008956504,
                0.30563101096814466,
                0.250001,
                0.19437098903185537,
                0.14153049910434962,
                0.09412917302511849,
                0.05454391121447502,
                0.024759683993263143,
                0.006269996882456277,
                2e-06,
            ]
        },
        {
            new() { Kind = ScheduleKind.Cosine, FinalLearningRate = 0.01 },
            4,
            3,
            [
                0.5,
                0.4916518274408217,
                0.4671762239271875,
                0.4282411613907041,
                0.3775,
                0.3184106660501176,
                0.255,
                0.19158933394988245,
                0.13250000000000006,
                0.08175883860929588,
                0.04282377607281252,
                0.01834817255917829,
            ]
        },
        {
            new() { Kind = ScheduleKind.Cosine, FinalLearningRate = 0.01, Restarts = 2 },
            6,
            2,
            [
                0.5,
                0.4282411613907041,
                0.255,
                0.08175883860929586,
                0.5,
                0.4282411613907041,
                0.255,
                0.08175883860929586,
                0.5,
                0.4282411613907041,
                0.255,
                0.08175883860929586,
            ]
        },
        {
            new() { Kind = ScheduleKind.Polynomial, Power = 2 },
            3,
            4,
            [
                0.5,
                0.42013888888888884,
                0.34722222222222227,
                0.28125,
                0.22222222222222227,
                0.17013888888888884,
                0.125,
                0.08680555555555554,
                0.055555555555555566,
                0.03125,
                0.013888888888888883,
                0.0034722222222222255,
            ]
        },
        { new() { Kind = ScheduleKind.Step, DecayEvery = 3, DecayRate = 0.2 }, 9, 1, [0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.02, 0.02, 0.02] },
        { new()
        {
            Kind = ScheduleKind.Exponential,
            DecayRate = 0.9,
        }, 6, 1, [0.5, 0.45, 0.405, 0.36450000000000005, 0.32805000000000006, 0.2952450000000001] },
    };

    [Theory]
    [MemberData(nameof(PyTorch))]
    public void Schedules_agree_with_PyTorch(ScheduleOptions options, int epochs, int stepsPerEpoch, double[] expected)
    {
        double[] rates = [.. LearningRateSchedule.Steps(options, 0.5, epochs, stepsPerEpoch).Select(step => step.LearningRate)];
        Assert.Equal(expected.Length, rates.Length);
        foreach ((double expectedRate, double rate) in expected.Zip(rates))
            Assert.Equal(expectedRate, rate, 1e-12);
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(2, "0.81175 4e-06")]
    [InlineData(3, "0.99442 0.46264 4e-06")]
    [InlineData(4, "0.04 0.81175 0.28306 4e-06")]
    [InlineData(5, "0.04 0.95048 0.61126 0.18826 4e-06")]
    [InlineData(7, "0.04 0.98056 0.91904 0.67268 0.35774 0.099297 4e-06")]
    public void One_cycle_of_few_steps_is_PyTorchs_but_for_a_single_one(int epochs, string expected)
    {
        MlpScheduleStep[] steps = [.. LearningRateSchedule.Steps(new() { Kind = ScheduleKind.OneCycle }, 1, epochs, 1)];
        foreach ((double rate, MlpScheduleStep step) in expected.Split(' ').Select(TestData.Number).Zip(steps))
            Assert.Equal(rate, step.LearningRate, 5e-5 * rate);
        Assert.Equal(epochs, steps.Length);
    }

    [Fact]
    public void Threshold_cooldown_and_least_rate_of_Plateau_agree_with_PyTorch()
    {
        double[] losses = [1, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.91, 0.905, 0.9, 0.7, 0.69, 0.69, 0.69, 0.69, 0.69];
        double[] expected = [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.1, 0.1, 0.1];
        var options = new ScheduleOptions
        {
            Kind = ScheduleKind.Plateau,
            DecayRate = 0.5,
            PlateauPatience = 1,
            PlateauThreshold = 0.05,
            PlateauCooldown = 2,
            FinalLearningRate = 0.1,
        };
        var schedule = new LearningRateSchedule(options, 0.5, losses.Length, 1);
        for (int i = 0; i < losses.Length; i++)
        {
            Assert.Equal(expected[i], schedule.Rate(i + 1, 0), 1e-12);
            schedule.Observe(losses[i]);
        }
    }

    [Fact]
    public void Plateau_agrees_with_PyTorch()
    {
        double[] losses = [1, 0.9, 0.9, 0.9, 0.9, 0.8, 0.81, 0.82, 0.83, 0.84, 0.85];
        double[] expected = [0.5, 0.5, 0.5, 0.5, 0.5, 0.05, 0.05, 0.05, 0.05, 0.005, 0.005];
        var schedule = new LearningRateSchedule(new() { Kind = ScheduleKind.Plateau, PlateauPatience = 2 }, 0.5, losses.Length, 7);
        for (int i = 0; i < losses.Length; i++)
        {
            Assert.Equal(expected[i], schedule.Rate(i + 1, 3), 1e-12);
            schedule.Observe(losses[i]);
        }
    }

    [Theory]
    [InlineData(0.99995, 0.05)]
    [InlineData(0.9998, 0.5)]
    public void Plateau_takes_no_account_of_improvements_below_a_10000th(double factor, double expected)
    {
        var schedule = new LearningRateSchedule(new() { Kind = ScheduleKind.Plateau, PlateauPatience = 1 }, 0.5, 4, 1);
        for (int i = 0; i < 3; i++)
            schedule.Observe(Math.Pow(factor, i));
        Assert.Equal(expected, schedule.Rate(4, 0), 1e-12);
    }

    [Fact]
    public void Step_and_Exponential_change_between_epochs_only()
    {
        foreach (ScheduleKind kind in new[] { ScheduleKind.Step, ScheduleKind.Exponential })
        {
            IEnumerable<MlpScheduleStep> steps = LearningRateSchedule.Steps(new() { Kind = kind, DecayEvery = 1 }, 0.5, 4, 5);
            Assert.All(steps.GroupBy(step => step.Epoch), epoch => Assert.Single(epoch.Select(step => step.LearningRate).Distinct()));
            Assert.Equal(4, steps.Select(step => step.LearningRate).Distinct().Count());
        }
    }

    [Theory]
    [InlineData(ScheduleKind.Constant)]
    [InlineData(ScheduleKind.Cosine)]
    [InlineData(ScheduleKind.Step)]
    public void A_warm_up_rises_evenly_to_the_rate_where_the_schedule_begins(ScheduleKind kind)
    {
        double[] rates = [.. LearningRateSchedule.Steps(new() { Kind = kind, WarmupEpochs = 1.5, DecayEvery = 1 }, 0.6, 4, 4)
            .Select(step => step.LearningRate)];
        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.6], rates[..7].Select(rate => Math.Round(rate, 12)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rates_stay_between_zero_and_the_learning_rate_however_short_the_training(ScheduleKind kind)
    {
        for (int epochs = 1; epochs <= 5; epochs++)
        {
            for (int stepsPerEpoch = 1; stepsPerEpoch <= 3; stepsPerEpoch++)
            {
                foreach (double? warmup in new double?[] { null, 0, 0.4 })
                {
                    var options = new ScheduleOptions { Kind = kind, WarmupEpochs = warmup };
                    var schedule = new LearningRateSchedule(options, 0.5, epochs, stepsPerEpoch);
                    Assert.All(
                        Enumerable.Range(0, epochs * stepsPerEpoch),
                        i => Assert.InRange(schedule.Rate(1 + (i / stepsPerEpoch), i % stepsPerEpoch), 1e-7, 0.5));
                }
            }
        }
    }

    public static TheoryData<ScheduleKind> Kinds => [.. Enum.GetValues<ScheduleKind>()];

    [Fact]
    public void A_training_takes_its_steps_at_the_rates_of_the_schedule()
    {
        var data = TestData.Random(1, 60, 5, 2);
        MlpModel scheduled = Model();
        MlpModel byHand = Model();
        var options = new TrainingOptions
        {
            Epochs = 4,
            LearningRate = 0.5,
            BatchSize = 60,
            NoShuffle = true,
            Schedule = new() { Kind = ScheduleKind.Cosine, WarmupEpochs = 1 },
        };
        double[] rates = [.. MlpTrainer.Train(scheduled, data, null, options).Select(epoch => epoch.Rate)];
        Assert.Equal(LearningRateSchedule.Steps(options.Schedule, 0.5, 4, 1).Select(step => step.LearningRate), rates);
        foreach (double rate in rates)
        {
            _ = MlpTrainer.Train(
                byHand, data, null, new TrainingOptions { Epochs = 1, LearningRate = rate, BatchSize = 60, NoShuffle = true })
                .Count();
        }

        Assert.Equal(TestData.Parameters(byHand), TestData.Parameters(scheduled));

        static MlpModel Model() => MlpModel.Create(5, new HiddenLayers([4], [Activation.Named("Tanh")]), 2, Initializer.Default, 1);
    }

    public static TheoryData<string, ScheduleOptions> BadSchedules => new()
    {
        { "InvalidWarmupEpochs", new() { WarmupEpochs = -1 } },
        { "InvalidWarmupEpochs", new() { WarmupEpochs = 3 } },
        { "InvalidWarmupEpochs", new() { WarmupEpochs = double.NaN } },
        { "InvalidFinalLearningRate", new() { FinalLearningRate = 0.6 } },
        { "InvalidFinalLearningRate", new() { FinalLearningRate = -0.1 } },
        { "InvalidDecayRate", new() { DecayRate = 1 } },
        { "InvalidDecayRate", new() { DecayRate = 0 } },
        { "InvalidDecayEvery", new() { DecayEvery = 0 } },
        { "InvalidRestarts", new() { Restarts = -1 } },
        { "InvalidPower", new() { Power = 0 } },
        { "InvalidPlateauPatience", new() { PlateauPatience = 0 } },
    };

    [Theory]
    [MemberData(nameof(BadSchedules))]
    public void Options_outside_their_range_are_refused(string errorId, ScheduleOptions options) =>
        Assert.Equal(errorId, Assert.Throws<MlpException>(() => options.Validate(0.5, 3)).ErrorId);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_schedule_stays_between_0_and_its_learning_rate_and_tells_its_steps_or_why_not(ScheduleKind kind)
    {
        var options = new ScheduleOptions { Kind = kind, WarmupEpochs = 1.5 };
        var schedule = new LearningRateSchedule(options, 0.3, 8, 4);
        double[] rates = [.. from epoch in Enumerable.Range(1, 8) from step in Enumerable.Range(0, 4) select schedule.Rate(epoch, step)];
        Assert.All(rates, rate => Assert.InRange(rate, 0, 0.3));
        Assert.True(rates[0] < 0.3 && rates.Max() > 0.29);
        if (kind.Definition().DependsOnLosses)
            Assert.Equal("ScheduleNotKnown", Assert.Throws<MlpException>(() => LearningRateSchedule.Steps(options, 0.3, 8, 4)).ErrorId);
        else
            Assert.Equal(rates, LearningRateSchedule.Steps(options, 0.3, 8, 4).Select(step => step.LearningRate));
    }
}
