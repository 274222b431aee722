using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Options that are given and do nothing are named, those that act are not, and a run records only these.</summary>
public class OptionUseTests
{
    private static readonly TrainingOptions _plain = new() { Epochs = 20, LearningRate = 0.1 };
    private static readonly TrainingOptions _batches = _plain with { BatchSize = 10 };
    private static readonly Data.MlpDataset _data = TestData.Random(1, 40, 3, 2);
    private static readonly MlpModel _deep = Model(4);
    private static readonly MlpModel _linear = Model();

    /// <summary>Options that do nothing, their names, and the same options where they act.</summary>
    public static TheoryData<string, TrainingOptions, TrainingOptions> Pairs
    {
        get
        {
            var data = new TheoryData<string, TrainingOptions, TrainingOptions>
            {
                { "NoShuffle", _plain with { NoShuffle = true }, _batches with { NoShuffle = true } },
                { "EvaluateTraining", _plain with { EvaluateTraining = true }, _batches with { EvaluateTraining = true } },
                { "CheckpointEvery", _plain with { CheckpointEvery = 5 }, _plain with { CheckpointEvery = 5, CheckpointPath = "x" } },
                {
                    "ReplaceCheckpoint",
                    _plain with { ReplaceCheckpoint = true },
                    _plain with { ReplaceCheckpoint = true, CheckpointPath = "x" }
                },
                {
                    "DecayBias",
                    _plain with { Optimizer = new() { DecayBias = true } },
                    _plain with { Optimizer = new() { DecayBias = true, L1 = 0.1 } }
                },
                { "MinImprovement", _plain with { MinImprovement = 0.1 }, _plain with { MinImprovement = 0.1, Patience = 3 } },
                {
                    "Monitor",
                    _plain with { Monitor = MlpMetric.TrainingLoss },
                    _plain with { Monitor = MlpMetric.TrainingLoss, RestoreBest = true }
                },
                {
                    "ElasticSigma",
                    _plain with { Augmentation = new() { ElasticSigma = 2 } },
                    _plain with { Augmentation = new() { ElasticSigma = 2, ElasticAlpha = 8 } }
                },
            };
            data.Add("AverageFrom", _plain with { AverageFrom = 20 }, _plain with { AverageFrom = 19 });
            data.Add("Patience", _plain with { Patience = 20 }, _plain with { Patience = 19 });
            data.Add("Schedule", Scheduled(ScheduleKind.Step, 20), Scheduled(ScheduleKind.Step, 19));
            data.Add("Schedule", Scheduled(ScheduleKind.Plateau, 18), Scheduled(ScheduleKind.Plateau, 17));
            TrainingOptions Scheduled(ScheduleKind kind, int epochs) => _plain with
            {
                Schedule = kind == ScheduleKind.Step
                    ? new() { Kind = kind, DecayEvery = epochs }
                    : new() { Kind = kind, PlateauPatience = epochs },
            };
            void Schedule(string name, ScheduleOptions options, params ScheduleKind[] owners)
            {
                foreach (ScheduleKind kind in Enum.GetValues<ScheduleKind>().Except(owners))
                {
                    foreach (ScheduleKind owner in owners)
                    {
                        data.Add(
                            name,
                            _plain with { Schedule = options with { Kind = kind } },
                            _plain with { Schedule = options with { Kind = owner } });
                    }
                }
            }

            Schedule("DecayRate", new() { DecayRate = 0.5 }, ScheduleKind.Step, ScheduleKind.Exponential, ScheduleKind.Plateau);
            Schedule("DecayEvery", new() { DecayEvery = 5 }, ScheduleKind.Step);
            Schedule("Restarts", new() { Restarts = 2 }, ScheduleKind.Cosine);
            Schedule("Power", new() { Power = 2 }, ScheduleKind.Polynomial);
            Schedule("PlateauPatience", new() { PlateauPatience = 2 }, ScheduleKind.Plateau);
            Schedule("PlateauThreshold", new() { PlateauThreshold = 0.01 }, ScheduleKind.Plateau);
            Schedule("PlateauCooldown", new() { PlateauCooldown = 1 }, ScheduleKind.Plateau);
            Schedule(
                "FinalLearningRate",
                new() { FinalLearningRate = 0.01 },
                ScheduleKind.Cosine,
                ScheduleKind.Polynomial,
                ScheduleKind.Plateau);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void An_option_is_named_where_it_does_nothing_and_only_there(string option, TrainingOptions idle, TrainingOptions acting)
    {
        UnusedOption unused = Assert.Single(idle.Unused(_deep, 600));
        Assert.Equal(option, unused.Option);
        string clause = option switch
        {
            "Patience" => "ends nothing early: 20 epochs are over before 20 go by",
            "Schedule" => "leaves the learning rate as it is: it ",
            "MinImprovement" or "Monitor" => "only marks the best epoch: nothing stops early",
            _ => "has no effect: it ",
        };
        Assert.StartsWith(clause, $"{unused.Effect}: {unused.Needs}");
        Assert.Empty(acting.Unused(_deep, 600));
    }

    [Fact]
    public void What_does_nothing_does_not_change_the_weights()
    {
        foreach (TrainingOptions given in Pairs.Select(row => row.Data.Item2))
        {
            TrainingOptions idle = given with { Epochs = 3 };
            TrainingOptions without = _plain with { Epochs = 3, Schedule = new() { Kind = idle.Schedule.Kind } };
            Assert.Equal(Trained(without), Trained(idle));
        }
    }

    [Fact]
    public void A_batch_of_more_samples_than_there_are_is_told_of()
    {
        TrainingOptions options = _plain with { BatchSize = 64 };
        Assert.Equal("BatchSize", Assert.Single(options.Unused(_deep, 63)).Option);
        Assert.Empty(options.Unused(_deep, 64));
    }

    [Fact]
    public void What_comes_too_late_stands_among_the_options_of_a_run_no_more_than_what_has_no_effect()
    {
        TrainingOptions late = _plain with
        {
            Epochs = 5,
            AverageFrom = 5,
            KeepZeros = true,
            Schedule = new() { Kind = ScheduleKind.Step, DecayEvery = 5, DecayRate = 0.5, WarmupEpochs = 1 },
        };
        Assert.Equal(["Epochs", "FullBatch", "LearningRate", "Optimizer", "Seed", "WarmupEpochs"], late.Acting(_deep).Keys.Order());
        Assert.Contains("AverageFrom", (late with { Epochs = 6 }).Acting(_deep).Keys);
        Assert.Contains("DecayEvery", (late with { Epochs = 7 }).Acting(_deep).Keys);
        Assert.Equal("Sgd", late.Acting(_deep)["Optimizer"]);
        Assert.DoesNotContain("FullBatch", (late with { BatchSize = 8 }).Acting(_deep).Keys);
    }

    [Fact]
    public void Zeros_are_kept_where_there_are_some()
    {
        TrainingOptions options = _plain with { KeepZeros = true };
        Assert.Equal("KeepZeros", Assert.Single(options.Unused(_deep, 600)).Option);
        MlpModel pruned = Model(4);
        pruned.Layers[0].Weights[0, 0] = 0;
        Assert.Empty(options.Unused(pruned, 600));
    }

    [Fact]
    public void Dropout_needs_a_hidden_layer()
    {
        TrainingOptions options = _plain with { Dropout = [0.2] };
        Assert.Equal("Dropout", Assert.Single(options.Unused(_linear, 600)).Option);
        Assert.Empty(options.Unused(_deep, 600));
        Assert.Equal("MaxNorm", Assert.Single((_plain with { MaxNorm = 1 }).Unused(_linear, 600)).Option);
        Assert.Empty((_plain with { MaxNorm = 1 }).Unused(_deep, 600));
        Assert.DoesNotContain("Dropout", options.Acting(_linear).Keys);
        Assert.Equal("0.2", options.Acting(_deep)["Dropout"]);
    }

    [Fact]
    public void A_momentum_of_normalization_needs_a_normalization()
    {
        TrainingOptions options = _plain with { NormalizationMomentum = 0.2 };
        Assert.Equal("NormalizationMomentum", Assert.Single(options.Unused(_deep, 600)).Option);
        Assert.DoesNotContain("NormalizationMomentum", options.Acting(_deep).Keys);
        MlpModel normalized =
            MlpModel.Create(3, new HiddenLayers([4], [Activation.ReLU]) { BatchNormalization = true }, 2, Initializer.Default, 1);
        Assert.Empty(options.Unused(normalized, 600));
        Assert.Equal("0.2", options.Acting(normalized)["NormalizationMomentum"]);
    }

    [Fact]
    public void A_run_records_what_acts()
    {
        TrainingOptions options = _plain with
        {
            NoShuffle = true,
            Optimizer = new() { Kind = OptimizerKind.Adam, Momentum = 0.5, Alpha = 0.5, Beta1 = 0.8, Epsilon = 0.1 },
            Schedule = new() { Kind = ScheduleKind.Step, DecayEvery = 5, Power = 3, Restarts = 1 },
        };
        Assert.Equal(
            ["Beta1", "DecayEvery", "Epochs", "Epsilon", "FullBatch", "LearningRate", "Optimizer", "Schedule", "Seed"],
            options.Acting(_deep).Keys.Order());
        Assert.Equal(
            "it belongs to the optimizers Momentum and Nesterov",
            $"{options.Unused(_deep, 600).Single(option => option.Option == "Momentum").Needs}");
        Assert.Equal(
            "it belongs to the schedule Polynomial", $"{options.Unused(_deep, 600).Single(option => option.Option == "Power").Needs}");
    }

    private static MlpModel Model(params int[] hidden) =>
        MlpModel.Create(3, new HiddenLayers(hidden, [Activation.ReLU]), 2, Initializer.Default, 1);

    private static float[] Trained(TrainingOptions options)
    {
        MlpModel model = Model(4);
        _ = MlpTrainer.Train(model, _data, null, options).Count();
        return TestData.Parameters(model);
    }
}
