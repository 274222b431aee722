using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public sealed partial class CheckpointTests : IDisposable
{
    private static readonly MlpDataset _data = TestData.Random(7, 700, 20, 4);
    private static readonly MlpDataset _other = TestData.Random(8, 300, 20, 4);

    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-checkpoint-").FullName;

    private string CheckpointPath => Path.Combine(_folder, "run.safetensors");

    public static TheoryData<string, TrainingOptions> Trainings
    {
        get
        {
            var options = new TrainingOptions { Epochs = 9, LearningRate = 0.01, Seed = 3 };
            TrainingOptions batches = options with { BatchSize = 64 };
            var data = new TheoryData<string, TrainingOptions> { { "full batch", options }, { "full batch, "
                + "clipped", options with { Optimizer = new() { ClipNorm = 0.1 } } } };
            data.Add("LBFGS", options with { LearningRate = 1, Optimizer = new() { Kind = OptimizerKind.LBFGS, WeightDecay = 0.01 } });
            foreach (OptimizerKind kind in TestData.SteppingOptimizers)
                data.Add($"{kind}", batches with { Optimizer = new() { Kind = kind } });
            data.Add("dropout and the like", batches with { Dropout = [0.4], InputDropout = 0.1, MaxNorm = 1, LabelSmoothing = 0.1 });
            data.Add("plateau", batches with { LearningRate = 0.5, Schedule = new() { Kind = ScheduleKind.Plateau, PlateauPatience = 1 } });
            data.Add("cosine", batches with { Schedule = new() { Kind = ScheduleKind.Cosine, WarmupEpochs = 1.5, Restarts = 1 } });
            data.Add(
                "validation fraction, best weights", batches with { LearningRate = 0.5, ValidationFraction = 0.2, RestoreBest = true });
            data.Add("patience", batches with { LearningRate = 0.5, ValidationData = _other, Patience = 2 });
            return data;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Trainings))]
    public void A_training_that_goes_on_equals_one_that_was_never_interrupted(string what, TrainingOptions options)
    {
        Assert.NotEmpty(what);
        MlpModel whole = Model(1);
        MlpEpoch[] expected = [.. MlpTrainer.Train(whole, _data, _other, options)];
        Assert.True(expected.Length >= 3);
        foreach (int after in new[] { 1, 2, expected.Length - 1, expected.Length })
        {
            File.Delete(CheckpointPath);
            TrainingOptions saving = options with { CheckpointPath = CheckpointPath, Resume = true };
            _ = MlpTrainer.Train(Model(1), _data, _other, saving).Take(after).Count();

            // In another process the model would be drawn anew.
            MlpModel resumed = Model(2);
            MlpEpoch[] rest = [.. MlpTrainer.Train(resumed, _data, _other, saving with { ThreadCount = 1 })];
            Assert.Equal(expected[after..].Select(Figures), rest.Select(Figures));
            Assert.Equal(expected.Select(Figures), resumed.History.Select(Figures));
            Assert.All(resumed.History, epoch => Assert.Equal(expected[0].Details.ToString(), epoch.Details.ToString()));
            Assert.Equal(TestData.Parameters(whole), TestData.Parameters(resumed));
            Assert.Equal(whole.EpochsTrained, resumed.EpochsTrained);
        }
    }

    [Theory]
    [InlineData(ScheduleKind.Constant, 6, 6)]
    [InlineData(ScheduleKind.Step, 6, 6)]
    [InlineData(ScheduleKind.Plateau, 6, 6)]
    [InlineData(ScheduleKind.Constant, 6, 4)]
    public void A_training_that_is_made_longer_equals_one_that_was_long_from_the_start(ScheduleKind kind, int epochs, int done)
    {
        var options = new TrainingOptions
        {
            Epochs = 10,
            LearningRate = 0.01,
            BatchSize = 64,
            Seed = 3,
            RestoreBest = true,
            Optimizer = new() { Kind = OptimizerKind.Adam },
            Schedule = new() { Kind = kind, PlateauPatience = 1, DecayEvery = kind == ScheduleKind.Step ? 4 : 10 },
        };
        MlpModel whole = Model(1);
        MlpEpoch[] expected = [.. MlpTrainer.Train(whole, _data, null, options)];
        TrainingOptions saving = options with { CheckpointPath = CheckpointPath, Resume = true };
        _ = MlpTrainer.Train(Model(1), _data, null, saving with { Epochs = epochs }).Take(done).Count();
        MlpModel resumed = Model(2);
        Assert.Equal(expected[done..].Select(Figures), MlpTrainer.Train(resumed, _data, null, saving).Select(Figures));
        Assert.Equal(TestData.Parameters(whole), TestData.Parameters(resumed));
        Assert.Equal("10", resumed.History[^1].Details.Options["Epochs"]);
    }

    [Fact]
    public void A_schedule_over_all_epochs_is_made_longer_once_it_is_done()
    {
        var options = new TrainingOptions
        {
            Epochs = 4,
            LearningRate = 0.01,
            Seed = 3,
            Schedule = new() { Kind = ScheduleKind.Cosine },
            CheckpointPath = CheckpointPath,
            Resume = true,
        };
        _ = MlpTrainer.Train(Model(1), _data, null, options).Take(2).Count();
        Assert.Contains(
            "of 4 epochs, 2 of which are done, and its schedule Cosine",
            AssertFails("CheckpointMismatch", Model(1), options with { Epochs = 6 }));
        Assert.Equal(2, MlpTrainer.Train(Model(1), _data, null, options).Count());
        Assert.Equal([5, 6], MlpTrainer.Train(Model(1), _data, null, options with { Epochs = 6 }).Select(epoch => epoch.Epoch));
    }

    [Fact]
    public void A_search_that_found_the_end_trains_no_more()
    {
        MlpDataset data = TestData.Random(7, 60, 3, 2);
        MlpModel Linear(int seed) => MlpModel.Create(3, new HiddenLayers([], []), 2, Initializer.Default, seed);
        var options = new TrainingOptions
        {
            Epochs = 200,
            LearningRate = 1,
            Optimizer = new() { Kind = OptimizerKind.LBFGS, WeightDecay = 0.1 },
            CheckpointPath = CheckpointPath,
            Resume = true,
        };
        MlpModel ended = Linear(1);
        Assert.InRange(MlpTrainer.Train(ended, data, null, options).Count(), 2, 100);
        foreach (int epochs in new[] { 200, 300 })
        {
            MlpModel resumed = Linear(2);
            Assert.Empty(MlpTrainer.Train(resumed, data, null, options with { Epochs = epochs }));
            Assert.Equal(TestData.Parameters(ended), TestData.Parameters(resumed));
        }
    }

    [Fact]
    public void A_training_that_lost_its_patience_goes_on_with_more()
    {
        var options = new TrainingOptions
        {
            Epochs = 20,
            LearningRate = 0.01,
            Seed = 3,
            Patience = 2,
            MinImprovement = 10,
            CheckpointPath = CheckpointPath,
            Resume = true,
        };
        Assert.Equal(3, MlpTrainer.Train(Model(1), _data, null, options).Count());
        Assert.Empty(MlpTrainer.Train(Model(1), _data, null, options with { Epochs = 30 }));
        Assert.Contains(
            "Patience is not given here and 2 there", AssertFails("CheckpointMismatch", Model(1), options with { Patience = null }));
        Assert.Equal([4, 5], MlpTrainer.Train(Model(1), _data, null, options with { Patience = 4 }).Select(epoch => epoch.Epoch));
        Assert.Equal(4, MlpTrainer.EndOf(CheckpointPath)!.Patience);
    }

    [Fact]
    public void What_came_before_the_training_is_there_too()
    {
        var options = new TrainingOptions
        {
            Epochs = 3,
            LearningRate = 0.01,
            BatchSize = 64,
            Seed = 3,
            Optimizer = new() { Kind = OptimizerKind.Adam },
        };
        MlpModel whole = Model(1);
        _ = MlpTrainer.Train(whole, _data, null, options).Count();
        _ = MlpTrainer.Train(whole, _data, null, options).Count();

        TrainingOptions saving = options with { CheckpointPath = CheckpointPath, Resume = true };
        MlpModel before = Model(1);
        _ = MlpTrainer.Train(before, _data, null, options).Count();
        _ = MlpTrainer.Train(before, _data, null, saving).Take(1).Count();
        MlpModel resumed = Model(2);
        Assert.Equal([5, 6], MlpTrainer.Train(resumed, _data, null, saving).Select(epoch => epoch.Epoch));
        Assert.Equal(whole.History.Select(Figures), resumed.History.Select(Figures));
        Assert.Equal(TestData.Parameters(whole), TestData.Parameters(resumed));
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(3, 6)]
    [InlineData(100, 0)]
    public void Checkpoints_come_as_often_as_asked_for(int every, int lastAfterSeven)
    {
        var options = new TrainingOptions { Epochs = 8, LearningRate = 0.01, CheckpointPath = CheckpointPath, CheckpointEvery = every };
        _ = MlpTrainer.Train(Model(1), _data, null, options).Take(7).Count();
        Assert.Equal(lastAfterSeven, File.Exists(CheckpointPath) ? CheckpointFile.Read(CheckpointPath).State.EpochsDone : 0);

        // The last epoch always has one.
        Assert.Equal(8 - lastAfterSeven, MlpTrainer.Train(Model(1), _data, null, options with { Resume = true }).Count());
        Assert.Equal(8, CheckpointFile.Read(CheckpointPath).State.EpochsDone);
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_checkpoint_is_a_model_file()
    {
        MlpModel model = Model(1);
        _ = MlpTrainer.Train(
            model,
            _data,
            null,
            new TrainingOptions
            {
                Epochs = 2,
                LearningRate = 0.01,
                CheckpointPath = CheckpointPath,
                Optimizer = new() { Kind = OptimizerKind.Adam },
            })
            .Count();
        MlpModel read = ModelFile.Read(CheckpointPath);
        Assert.Equal(TestData.Parameters(model), TestData.Parameters(read));
        Assert.Equal(2, read.EpochsTrained);
    }

    [Fact]
    public void Another_training_does_not_go_on_from_it_and_changes_nothing()
    {
        var options = new TrainingOptions { Epochs = 2, LearningRate = 0.01, BatchSize = 64, Seed = 1, CheckpointPath = CheckpointPath };
        _ = MlpTrainer.Train(Model(1), _data, null, options).Count();
        byte[] file = File.ReadAllBytes(CheckpointPath);
        AssertFails("CheckpointExists", Model(1), options);
        TrainingOptions resume = options with { Resume = true };
        Assert.Contains("Seed is 2 here and 1 there", AssertFails("CheckpointMismatch", Model(1), resume with { Seed = 2 }));
        Assert.Contains("Epochs is 1 here", AssertFails("CheckpointMismatch", Model(1), resume with { Epochs = 1 }));
        Assert.Contains(
            "WeightDecay is 0.5 here and not given there",
            AssertFails("CheckpointMismatch", Model(1), resume with { Optimizer = new() { WeightDecay = 0.5 } }));
        Assert.Contains("TrainingData", AssertFails("CheckpointMismatch", Model(1), resume, TestData.Random(9, 700, 20, 4)));
        Assert.Contains(
            "20-30-4",
            AssertFails(
                "CheckpointMismatch", MlpModel.Create(20, new HiddenLayers([31], [Activation.ReLU]), 4, Initializer.Default, 1), resume));
        Assert.Contains(
            "Tanh",
            AssertFails(
                "CheckpointMismatch",
                MlpModel.Create(20, new HiddenLayers([30], [Activation.Named("Tanh")]), 4, Initializer.Default, 1),
                resume));
        foreach (string name in new[] { "run.ONNX", "run.csv", "run.csv.gz", "run.Parquet", "run.png" })
        {
            Assert.Contains(
                "name it run",
                AssertFails("CheckpointFormat", Model(1), options with { CheckpointPath = Path.Combine(_folder, name) }));
        }

        AssertFails("FolderNotFound", Model(1), options with { CheckpointPath = Path.Combine(_folder, "none", "a") });
        AssertFails("FileNotWritten", Model(1), options with { CheckpointPath = Path.Combine(_folder, new string('x', 300)) });
        AssertFails("InvalidCheckpointEvery", Model(1), options with { CheckpointEvery = 0 });
        AssertFails("CheckpointPathMissing", Model(1), resume with { CheckpointPath = null });
        Assert.Equal(file, File.ReadAllBytes(CheckpointPath));
        Assert.Equal(2, MlpTrainer.Train(Model(1), _data, null, options with { ReplaceCheckpoint = true, Seed = 5 }).Count());
        Assert.NotEqual(file, File.ReadAllBytes(CheckpointPath));
    }

    [Fact]
    public void Broken_checkpoints_are_refused()
    {
        var options = new TrainingOptions
        {
            Epochs = 2,
            LearningRate = 0.01,
            CheckpointPath = CheckpointPath,
            Resume = true,
            Optimizer = new() { Kind = OptimizerKind.Momentum },
        };
        ModelFile.Write(Model(1), CheckpointPath);
        AssertFails("InvalidCheckpoint", Model(1), options);
        File.Delete(CheckpointPath);
        _ = MlpTrainer.Train(Model(1), _data, null, options).Take(1).Count();
        ModelContent content = SafetensorsFile.Read(CheckpointPath);

        foreach (string state in new[] { "", "null", "{}", "[1]", content.Metadata[ModelContent.TrainingStateKey].Replace(
            "\"Epochs\":1", "\"Epochs\":2", StringComparison.Ordinal), content.Metadata[ModelContent.TrainingStateKey][..^3] })
        {
            Save(new Dictionary<string, string>(content.Metadata) { [ModelContent.TrainingStateKey] = state }, content.Tensors.Values);
            AssertFails("InvalidCheckpoint", Model(1), options);
        }

        Save(content.Metadata, content.Tensors.Values.Where(tensor => tensor.Name != "optimizer.first.layers.0.bias"));
        Assert.Contains("optimizer.first.layers.0.bias", AssertFails("InvalidCheckpoint", Model(1), options));
        Save(content.Metadata, content.Tensors.Values.Where(tensor => tensor.Name != "layers.1.bias"));
        AssertFails("InvalidModelFile", Model(1), options);
        Save(content.Metadata, content.Tensors.Values);
        Assert.Single(MlpTrainer.Train(Model(1), _data, null, options));
    }

    private static MlpModel Model(int seed) => MlpModel.Create(20, new HiddenLayers([30], [Activation.ReLU]), 4, Initializer.Default, seed);

    /// <summary>An epoch but for its time, which differs.</summary>
    private static MlpEpoch Figures(MlpEpoch epoch) => epoch with { Elapsed = default, SamplesPerSecond = 0, Details = null! };

    private static string AssertFails(string errorId, MlpModel model, TrainingOptions options, MlpDataset? data = null)
    {
        float[] before = TestData.Parameters(model);
        MlpException failure = Assert.Throws<MlpException>(() => MlpTrainer.Train(model, data ?? _data, null, options).Count());
        Assert.Equal(errorId, failure.ErrorId);
        Assert.Equal(before, TestData.Parameters(model));
        return failure.Message;
    }

    private void Save(IReadOnlyDictionary<string, string> metadata, IEnumerable<ModelTensor> tensors) =>
        AtomicFile.Write(CheckpointPath, stream => SafetensorsFile.Write(stream, metadata, [.. tensors]));
}
