using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What a training leaves behind that does not come to its end, or that ends with other weights than its last.</summary>
public class StoppedTrainingTests
{
    private const int Steps = 6;
    private static readonly MlpDataset _data = TestData.Random(7, 700, 20, 4);

    public static TheoryData<string, TrainingOptions, bool> Trainings
    {
        get
        {
            // One batch is the whole set, of three tiles, so that an epoch is a step, and a training that goes on takes the same ones.
            var options = new TrainingOptions { Epochs = Steps, LearningRate = 0.01, BatchSize = 700, NoShuffle = true };
            var data = new TheoryData<string, TrainingOptions, bool>();
            foreach (OptimizerKind kind in TestData.SteppingOptimizers)
                data.Add($"{kind}", options with { Optimizer = new() { Kind = kind } }, false);
            data.Add("full batch", options with { BatchSize = null, Optimizer = new() { Kind = OptimizerKind.Adam } }, false);
            data.Add("LBFGS", options with { LearningRate = 1, BatchSize = null, Optimizer = new() { Kind = OptimizerKind.LBFGS } }, false);
            data.Add("clipped", options with { Optimizer = new() { Kind = OptimizerKind.Adam, ClipNorm = 0.1 } }, false);
            data.Add("normalized", options with { BatchSize = 256, Optimizer = new() { Kind = OptimizerKind.Adam } }, true);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Trainings))]
    public void A_training_that_goes_on_after_it_was_cancelled_takes_the_steps_of_one_that_was_not(
        string what, TrainingOptions options, bool normalized)
    {
        Assert.NotEmpty(what);
        MlpDataset data = normalized ? First(256) : _data;
        float[][] after = StatesAfterEachStep(data, options, normalized);
        int reports = 0;
        _ = MlpTrainer.Train(Model(normalized), data, null, options, _ => reports++).Count();
        foreach (bool throws in new[] { false, true })
        {
            for (int last = 1; last <= reports; last++)
                AssertGoesOn(last, throws);
        }

        void AssertGoesOn(int last, bool throws)
        {
            MlpModel model = Model(normalized);
            using var cancellation = new CancellationTokenSource();
            int seen = 0, done = 0;
            void Report(TrainingProgress progress)
            {
                if (++seen != last)
                    return;
                cancellation.Cancel();
                if (throws)
                    throw new OperationCanceledException();
            }

            bool Count(MlpStep step)
            {
                done++;
                return true;
            }

            Assert.ThrowsAny<OperationCanceledException>(() =>
            {
                _ = MlpTrainer.Train(model, data, null, options, Report, Count, cancellation.Token).Count();
                cancellation.Token.ThrowIfCancellationRequested();
            });
            Assert.Equal(done, (int)(TrainingMemory.Of(model).Optimizer?.Steps ?? -1));
            Assert.Equal(after[done], State(model));
            if (done == Steps)
                return;
            _ = MlpTrainer.Train(model, data, null, options with { Epochs = Steps - done }).Count();
            Assert.Equal(after[Steps], State(model));
        }
    }

    [Fact]
    public void The_optimizer_forgets_what_belongs_to_other_weights_than_the_best()
    {
        var options = new TrainingOptions
        {
            Epochs = 4,
            LearningRate = 0.3,
            BatchSize = 64,
            ValidationData = First(200),
            Optimizer = new() { Kind = OptimizerKind.Adam },
        };
        AssertForgets(model => MlpTrainer.Train(model, _data, null, options with { RestoreBest = true }).Count());

        // It is the best weights that do it.
        MlpModel kept = Model(normalized: false);
        _ = MlpTrainer.Train(kept, _data, null, options).Count();
        Assert.NotNull(TrainingMemory.Of(kept).Optimizer);
    }

    [Fact]
    public void The_optimizer_forgets_a_training_that_diverged() => AssertForgets(model =>
    {
        var options = new TrainingOptions
        {
            Epochs = 50,
            LearningRate = 3e38,
            BatchSize = 64,
            Optimizer = new() { Kind = OptimizerKind.Adam },
        };
        Assert.Equal("TrainingDiverged", Assert.Throws<MlpException>(() => MlpTrainer.Train(model, _data, null, options).Count()).ErrorId);
        return 0;
    });

    [Fact]
    public void Each_part_of_a_stream_drops_other_values()
    {
        string path = Path.GetTempFileName();
        try
        {
            // All blocks hold the same samples, so that only what is dropped tells the parts apart.
            string[] pair = ["1,0.5,-1,2,a", "-2,1,0.25,-0.5,b"];
            File.WriteAllLines(path, ["p,q,r,s,class", .. Enumerable.Range(0, 4096).Select(i => pair[i % 2])]);
            MlpDataset streamed = TableReader.OpenStream(
                path, new TableReadOptions(), new TableOptions { Label = ["class"] }, new StreamOptions { MemoryLimit = 200_000 });
            int rows = streamed.Stream!.ChunkRows;
            Assert.InRange(rows, 1, 2048);
            MlpModel model = MlpModel.CreateFor(streamed, new HiddenLayers([32], [Activation.Named("ReLU")]), Initializer.Default, 1);
            var options = new TrainingOptions { Epochs = 1, LearningRate = 1e-30, BatchSize = rows, NoShuffle = true };
            Assert.Single(Losses(options));
            Assert.Equal(4096 / rows, Losses(options with { Dropout = [0.5] }).Length);

            double[] Losses(TrainingOptions how)
            {
                var losses = new HashSet<double>();
                bool Add(MlpStep step) => losses.Add(step.Loss) || true;
                _ = MlpTrainer.Train(model, streamed, null, how, onStep: Add).Count();
                return [.. losses];
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Checks that a model which has gone through a training goes on like one that has only its weights.</summary>
    private static void AssertForgets(Func<MlpModel, int> train)
    {
        MlpModel model = Model(normalized: false);
        _ = train(model);
        Assert.Null(TrainingMemory.Of(model).Optimizer);
        MlpModel fresh = model.Copy();
        var options = new TrainingOptions
        {
            Epochs = 1,
            LearningRate = 1e-3,
            BatchSize = 700,
            NoShuffle = true,
            Optimizer = new() { Kind = OptimizerKind.Adam },
        };
        _ = MlpTrainer.Train(model, _data, null, options).Count();
        _ = MlpTrainer.Train(fresh, _data, null, options).Count();
        Assert.Equal(State(fresh), State(model));
    }

    private static float[][] StatesAfterEachStep(MlpDataset data, TrainingOptions options, bool normalized)
    {
        MlpModel model = Model(normalized);
        var states = new List<float[]> { State(model) };
        foreach (MlpEpoch epoch in MlpTrainer.Train(model, data, null, options))
            states.Add(State(model));
        return [.. states];
    }

    private static MlpDataset First(int count) =>
        new("first", _data.Floats![..(count * 20)], TestData.Classes(_data)[..count], 20, _data.ClassNames);

    private static MlpModel Model(bool normalized) =>
        MlpModel.Create(
            20, new HiddenLayers([30, 10], [Activation.Named("Tanh")]) { BatchNormalization = normalized }, 4, Initializer.Default, 1)
            .Named(_data);

    private static float[] State(MlpModel model) => [.. model.Parameters.SelectMany(parameter => parameter.Values)];
}
