using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public sealed partial class ScikitTests
{
    private static readonly MlpDataset _two = new("two", [3f, 2f, 1f, 6f], [1, 0], 2, ["0", "1"]);

    /// <summary>test_learning_rate_warmstart.</summary>
    [Fact]
    public void A_constant_rate_is_the_same_in_the_next_training_and_a_schedule_begins_anew()
    {
        MlpModel model = Model(_two, [4]);
        foreach ((ScheduleKind kind, bool falls) in new[] { (ScheduleKind.Constant, false), (ScheduleKind.Exponential, true) })
        {
            TrainingOptions options = Options(3, _nesterov, 0.001) with { Schedule = new ScheduleOptions { Kind = kind } };
            double[][] rates = [.. new[] { 1, 2 }
                .Select(_ => MlpTrainer.Train(model, _two, null, options).Select(epoch => epoch.Rate).ToArray())];
            Assert.Equal(rates[0], rates[1]);
            Assert.Equal(falls, rates[0][2] < rates[0][0]);
        }
    }

    /// <summary>test_shuffle.</summary>
    [Fact]
    public void The_order_of_samples_matters_and_comes_from_the_seed()
    {
        MlpDataset data = Linear(50, 5, 1, labels: false);
        float[] Weights(bool shuffle)
        {
            MlpModel model = Model(data, [1]);
            Train(model, data, Options(1, _adam, 0.001) with { BatchSize = 1, NoShuffle = !shuffle });
            return TestData.Parameters(model);
        }

        Assert.Equal(Weights(true), Weights(true));
        Assert.Equal(Weights(false), Weights(false));
        Assert.NotEqual(Weights(true), Weights(false));
    }

    /// <summary>test_tolerance.</summary>
    [Fact]
    public void A_training_ends_where_the_loss_hardly_improves() =>
        Assert.InRange(Epochs(_two, Options(3000, _nesterov, 0.001) with { MinImprovement = 0.5, Patience = 10 }).Length, 11, 2999);

    /// <summary>test_verbose_sgd.</summary>
    [Fact]
    public void Each_epoch_is_told()
    {
        MlpEpoch[] epochs = Epochs(_two, Options(2, _nesterov, 0.001));
        Assert.Equal([1, 2], epochs.Select(epoch => epoch.Epoch));
        Assert.All(epochs, epoch => Assert.True(double.IsFinite(epoch.TrainingLoss)));
    }

    /// <summary>test_early_stopping.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_training_ends_where_validation_hardly_improves(bool classes)
    {
        MlpDataset data = classes ? Rows(_binary, 0, 100) : Linear(100, 10, 1, labels: false);
        TrainingOptions options = Options(3000, _nesterov, 0.001) with { MinImprovement = 0.2, Patience = 10 };
        MlpEpoch[] epochs = Epochs(data, options with { ValidationFraction = 0.1 });
        Assert.InRange(epochs.Length, 11, 2999);
        Assert.All(epochs, epoch => Assert.NotNull(epoch.ValidationLoss));
        double best = epochs.Last(epoch => epoch.IsBest).ValidationLoss!.Value;
        Assert.All(epochs[^10..], epoch => Assert.True(epoch.ValidationLoss > best - 0.2));
        Assert.All(Epochs(data, options), epoch => Assert.Null(epoch.ValidationLoss));
    }

    /// <summary>test_adaptive_learning_rate.</summary>
    [Fact]
    public void The_rate_falls_where_the_loss_hardly_improves()
    {
        var plateau = new ScheduleOptions { Kind = ScheduleKind.Plateau, PlateauPatience = 10, DecayRate = 0.2, PlateauThreshold = 0.5 };
        Assert.True(Epochs(_two, Options(3000, _nesterov, 0.001) with { Schedule = plateau })[^1].Rate < 1e-6);
    }

    /// <summary>test_warm_start_full_iteration.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_training_trains_all_its_epochs(bool classes)
    {
        MlpDataset data = classes ? _multi : Linear(150, 4, 1, labels: false);
        MlpModel model = Model(data, [2]);
        foreach (int all in new[] { 3, 6 })
        {
            Train(model, data, Options(3, _nesterov, 0.001));
            Assert.Equal(all, model.EpochsTrained);
        }
    }

    /// <summary>test_n_iter_no_change.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(100)]
    public void The_patience_is_the_number_of_epochs_without_improvement(int patience)
    {
        MlpEpoch[] epochs =
            Epochs(Rows(_binary, 0, 100), Options(3000, _nesterov, 0.001) with { MinImprovement = 0.01, Patience = patience });
        Assert.InRange(epochs.Length, patience + 1, 2999);
        Assert.Equal(patience, epochs.Reverse().TakeWhile(epoch => !epoch.IsBest).Count());
    }

    /// <summary>test_n_iter_no_change_inf.</summary>
    [Fact]
    public void Without_a_patience_all_epochs_are_trained()
    {
        MlpEpoch[] epochs = Epochs(Rows(_binary, 0, 100), Options(300, _nesterov, 0.001) with { MinImprovement = 1e9 });
        Assert.Equal(300, epochs.Length);
        Assert.Equal(1, epochs.Count(epoch => epoch.IsBest));
    }

    /// <summary>test_early_stopping_stratified: there an error, as one sample can't be in both parts.</summary>
    [Fact]
    public void The_only_sample_of_a_class_is_set_aside_for_nothing()
    {
        var data = new MlpDataset("rare", [1f, 2f, 2f, 3f, 3f, 4f, 4f, 5f], [0, 0, 0, 1], 2, ["0", "1"]);
        for (int seed = 0; seed < 20; seed++)
        {
            (MlpDataset training, MlpDataset validation) = ValidationSplit.Split(data, 0.25, seed);
            Assert.Equal((3, 1), (training.Count, validation.Count));
            Assert.Equal(["0", "0", "1"], training.Labels.Select(label => $"{label}"));
        }
    }

    /// <summary>test_mlp_loading_from_joblib_partial_fit.</summary>
    [Fact]
    public void A_model_from_a_file_learns_on()
    {
        string folder = Directory.CreateTempSubdirectory("mlp-scikit-").FullName;
        try
        {
            string path = Path.Combine(folder, "m.safetensors");
            MlpDataset first = new MlpDataset("x", [2f], null, 1, []).WithTargets([4f], ["y"]);
            MlpDataset second = new MlpDataset("x", [2f], null, 1, []).WithTargets([1f], ["y"]);
            MlpModel model =
                MlpModel.Create(1, new HiddenLayers([42], [Activation.ReLU]), 1, Initializer.XavierUniform, 42, LossKind.MeanSquaredError);
            Train(model, first, Options(200, _adam, 0.01));
            Assert.Equal(4, (double)new MlpPredictor(model).Predict(first).Single().Prediction, 1e-2);
            ModelFile.Write(model, path);
            MlpModel read = ModelFile.Read(path);
            Train(read, second, Options(400, _adam, 0.01));
            Assert.Equal(1, (double)new MlpPredictor(read).Predict(second).Single().Prediction, 1e-4);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>test_preserve_feature_names.</summary>
    [Fact]
    public void Names_of_features_stay_where_a_part_is_set_aside()
    {
        var random = new Random(0);
        var table = new MlpTable("named", ["colname_a", "colname_b", "colname_y"]);
        for (int i = 0; i < 10; i++)
            table.Add([random.NextDouble(), random.NextDouble(), i % 2 == 0 ? "p" : "q"]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["colname_y"] });
        MlpModel model = Model(data, [5]);
        var notes = new EncodingNotes();
        Train(model, data, Options(5, _adam, 0.001) with { ValidationFraction = 0.2, Notes = notes, BatchSize = null });
        Assert.Equal(["colname_a", "colname_b"], model.Input.FeatureNames);
        Assert.Empty(notes.Sentences);
    }

    /// <summary>test_mlp_warm_start_with_early_stopping.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_training_adds_to_the_history_of_validation(bool classes)
    {
        MlpDataset data = classes ? _multi : Linear(150, 4, 1, labels: false);
        MlpModel model = Model(data, [20]);
        TrainingOptions options = Options(10, _adam, 0.001) with { ValidationFraction = 0.1, Patience = 10 };
        MlpEpoch[] first = [.. MlpTrainer.Train(model, data, null, options)];
        MlpEpoch[] second = [.. MlpTrainer.Train(model, data, null, options with { Epochs = 20 })];
        Assert.All(first.Concat(second), epoch => Assert.NotNull(epoch.ValidationLoss));
        Assert.Equal(first[^1].Epoch + 1, second[0].Epoch);
        Assert.Equal(first.Length + second.Length, model.History.Count);
    }

    private static MlpEpoch[] Epochs(MlpDataset data, TrainingOptions options) =>
        [.. MlpTrainer.Train(Model(data, [100]), data, null, options)];
}
