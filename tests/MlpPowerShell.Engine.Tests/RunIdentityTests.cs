using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What tells one training from another: the same in every culture, whatever the order in which somebody gave it.</summary>
public sealed class RunIdentityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-identity-").FullName;
    private readonly CultureInfo _culture = CultureInfo.CurrentCulture;

    public static TheoryData<string, string> Pairs =>
        [.. from written in Cultures.Names from read in Cultures.Names where written != read select new TheoryDataRow<string, string>(
            written, read)];

    public void Dispose()
    {
        CultureInfo.CurrentCulture = _culture;
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_checkpoint_goes_on_in_another_culture_with_class_weights_in_another_order(string written, string read)
    {
        MlpDataset data = TestData.Random(7, 60, 5, 4);
        TrainingOptions options = Everything with { CheckpointPath = Path.Combine(_folder, "run.safetensors"), Resume = true };
        CultureInfo.CurrentCulture = Cultures.Of(written);
        MlpEpoch first = MlpTrainer.Train(Model(), data, data, options).First();

        CultureInfo.CurrentCulture = Cultures.Of(read);
        MlpEpoch[] rest = [.. MlpTrainer.Train(Model(), data, data, options with { ClassWeight = Weights(descending: true) })];
        Assert.Equal([2, 3], rest.Select(epoch => epoch.Epoch));
        Assert.Equal(first.Details.ToString(), rest[0].Details.ToString());
    }

    [Fact]
    public void Every_option_that_decides_the_result_has_one_text_in_a_fixed_order()
    {
        string[] expected = Table("invariant", descending: false);
        string[] names = Array.ConvertAll(expected, entry => entry.Split('=')[0]);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.All(Cultures.Names, culture => Assert.Equal(expected, Table(culture, descending: true)));
        Assert.Contains("""ClassWeight={"Class 1":0.1,"class 0":1.5,"class 2":12345.678,"class, 3: \"ä\"":0}""", expected);
        Assert.Contains("Seed=-3", expected);
        Assert.Contains("Dropout=0.30000000000000004", expected);

        // What an optimizer or a schedule has not decides nothing.
        // The kinds stand for their records: Optimizer and Schedule; Augmentation has none.
        string[] apart =
        [
            "Augmentation",
            "Name",
            "ThreadCount",
            "ValidationData",
            "Ranks",
            "Notes",
            "CheckpointPath",
            "CheckpointEvery",
            "Resume",
            "ReplaceCheckpoint",
            "Kind",
        ];
        IEnumerable<string> all =
            new[] { typeof(TrainingOptions), typeof(OptimizerOptions), typeof(ScheduleOptions), typeof(AugmentationOptions) }
            .SelectMany(type => type.GetProperties()).Where(property => property.CanWrite).Select(property => property.Name).Except(apart);
        OptimizerKind[] kinds = [OptimizerKind.Adam, OptimizerKind.Momentum, OptimizerKind.RMSprop];
        Assert.Equal(
            all.Order(StringComparer.Ordinal),
            kinds.SelectMany(kind => Table("invariant", descending: false, kind))
                .Concat(Enum.GetValues<ScheduleKind>().SelectMany(kind => Table("invariant", descending: false, schedule: kind)))
                .Select(entry => entry.Split('=')[0])
                .Distinct()
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Class_weights_differ_where_a_class_or_a_weight_does()
    {
        string[] identities =
        [
            Identity(("a", 1), ("b", 2)),
            Identity(("a", 2), ("b", 1)),
            Identity(("a", 1)),
            Identity(("a: 1, b", 2)),
            Identity(("A", 1), ("b", 2)),
            ClassWeights.Balanced.Identity,
        ];
        Assert.Equal(identities.Length, identities.Distinct().Count());
        Assert.Equal(identities[0], Identity(("b", 2), ("a", 1)));
    }

    private static TrainingOptions Everything => new()
    {
        Epochs = 3,
        LearningRate = 0.0125,
        BatchSize = 20,
        Seed = -3,
        NoShuffle = true,
        EvaluateTraining = true,
        Dropout = [0.1 + 0.2],
        InputDropout = 0.125,
        MaxNorm = 2.5,
        KeepZeros = true,
        AverageDecay = 0.875,
        LabelSmoothing = 0.05,
        NormalizationMomentum = 0.25,
        ClassWeight = Weights(descending: false),
        Monitor = MlpMetric.TestLoss,
        Patience = 7,
        MinImprovement = 1e-20,
        RestoreBest = true,
        ValidationFraction = 0.25,
        Schedule = new()
        {
            Kind = ScheduleKind.Cosine,
            WarmupEpochs = 0.5,
            FinalLearningRate = 1e-5,
            DecayRate = 0.5,
            DecayEvery = 3,
            Restarts = 1,
            Power = 1.5,
            PlateauPatience = 2,
            PlateauThreshold = 0.01,
            PlateauCooldown = 3,
        },
        Optimizer = new()
        {
            Kind = OptimizerKind.Adam,
            Momentum = 0.5,
            Beta1 = 0.8,
            Beta2 = 0.9,
            Alpha = 0.7,
            Epsilon = 1e-7,
            WeightDecay = 0.001,
            L1 = 1e-6,
            DecayBias = true,
            ClipNorm = 5.5,
            ClipValue = 1.5,
        },
    };

    private static MlpModel Model() => MlpModel.Create(
        5, new HiddenLayers([6], [Activation.Named("ReLU")]) { BatchNormalization = true }, 4, Initializer.Default, 1);

    private static ClassWeights Weights(bool descending)
    {
        (string Name, double Weight)[] weights = [("class 0", 1.5), ("Class 1", 0.1), ("class 2", 12345.678)];
        return new ClassWeights((descending ? weights.Reverse() : weights).ToDictionary(pair => pair.Name, pair => pair.Weight));
    }

    private static string Identity(params (string Name, double Weight)[] weights) =>
        new ClassWeights(weights.ToDictionary(pair => pair.Name, pair => pair.Weight)).Identity;

    private static string[] Table(
        string culture,
        bool descending,
        OptimizerKind optimizer = OptimizerKind.Adam,
        ScheduleKind schedule = ScheduleKind.Cosine)
    {
        CultureInfo.CurrentCulture = Cultures.Of(culture);
        (string Name, double Weight)[] weights = [("class 0", 1.5), ("Class 1", 0.1), ("class 2", 12345.678), ("class, 3: \"ä\"", 0)];
        TrainingOptions options = Everything with
        {
            Sharded = true,
            AverageFrom = 2,
            Optimizer = Everything.Optimizer with { Kind = optimizer },
            Schedule = Everything.Schedule with { Kind = schedule },
            Augmentation = new()
            {
                RandomShift = 1.5,
                RandomRotation = 10,
                RandomScale = 0.1,
                RandomShear = 5,
                ElasticAlpha = 30,
                ElasticSigma = 3.5
            },
            ClassWeight = new ClassWeights((descending
                ? weights.Reverse()
                : weights).ToDictionary(pair => pair.Name, pair => pair.Weight)),
        };
        return [.. options.Identity(Model()).Select(option => $"{option.Key}={option.Value}")];
    }
}
