using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Parity;

namespace MlpPowerShell.Engine.Tests;

/// <summary>
/// Changes of random networks and their data that change their gradients in a known way. How far rounding alone may take two of them apart
/// is seen from the same gradients of samples in another order, whose features and weights, as those of the network, are moved by a unit in
/// the last place.
/// </summary>
public class MetamorphicTests
{
    private const int Nudges = 8;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Samples_of_whole_weights_count_as_that_many_copies(int seed)
    {
        NetworkCase network = Draw(seed);
        var random = new Random(seed);
        int[] copies = [.. Enumerable.Range(0, network.Count).Select(i => i == 0 ? 1 : random.Next(4))];
        int[] rows = [.. copies.SelectMany((times, i) => Enumerable.Repeat(i, times))];
        double ratio = network.Count / (double)rows.Length;
        AssertSame(
            network with { SampleWeights = Array.ConvertAll(copies, times => (float)times) },
            weighted => Unmeasured(Times(Gradient(weighted), ratio)),
            Gradient(Rows(network, rows)));

        // Measuring weighs nothing.
        static Dictionary<string, double[]> Unmeasured(Dictionary<string, double[]> figures) =>
            figures.Where(pair => pair.Key != "loss").ToDictionary();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(32)]
    [InlineData(256)]
    public void A_batch_that_is_cut_anywhere_has_the_gradients_of_its_parts(int edge)
    {
        for (int count = edge - 1; count <= edge + 3; count++)
        {
            int[] all = [.. Enumerable.Range(0, count)];
            NetworkCase some = Draw(count), network = Rows(some, Array.ConvertAll(all, row => row % some.Count));
            foreach (int cut in new[] { 1, 2, 3, count / 2, edge, count - 1 }.Where(cut => cut < count).Distinct())
            {
                Dictionary<string, double[]> first = Gradient(Rows(network, all[..cut])), second = Gradient(Rows(network, all[cut..]));
                AssertSame(network, Gradient, Sum(Times(first, cut / (double)count), Times(second, (count - cut) / (double)count)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Copies_of_all_samples_change_nothing(int seed)
    {
        // Batch normalization has the same mean and variance then.
        NetworkCase network = Draw(seed, _ => true);
        int[] rows = [.. Enumerable.Range(0, Math.Min(network.Count, 80))];
        AssertSame(Rows(network, rows), Gradient, Gradient(Rows(network, [.. rows, .. rows, .. rows])));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Features_may_stand_in_any_order(int seed)
    {
        NetworkCase network = Draw(seed);
        int[] order = Order(seed, network.Sizes[0]);
        int units = network.Sizes[1];
        AssertSame(
            network,
            original => Changed(Gradient(original), "layers.0.weight", weights => Columns(weights, units, order)),
            Gradient(network with
            {
                Features = Columns(network.Features!, network.Count, order),
                Parameters = Changed(network.Parameters, "layers.0.weight", weights => Columns(weights, units, order)),
            }));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Classes_may_stand_in_any_order(int seed)
    {
        NetworkCase network = Draw(seed, item =>
            item is { Labels: not null, BatchNormalization: false, Loss: not LossKind.Ordinal } && item.Sizes[^1] > 1);
        int[] order = Order(seed, network.Sizes[^1]);
        AssertSame(
            network,
            original => Relabelled(Gradient(original)),
            Gradient(network with
            {
                Labels = Array.ConvertAll(network.Labels!, label => Array.IndexOf(order, label)),
                Parameters = Relabelled(network.Parameters),
            }));

        Dictionary<string, T[]> Relabelled<T>(IReadOnlyDictionary<string, T[]> values)
        {
            string last = $"layers.{network.Sizes.Length - 2}";
            int inputs = network.Sizes[^2];
            Dictionary<string, T[]> weights =
                Changed(values, $"{last}.weight", all => [.. order.SelectMany(j => all[(j * inputs)..((j + 1) * inputs)])]);
            return Changed(weights, $"{last}.bias", all => Array.ConvertAll(order, j => all[j]));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_number_added_to_all_logits_changes_nothing(int seed)
    {
        NetworkCase network = Draw(seed, item => item is { Loss: LossKind.CrossEntropy, BatchNormalization: false });
        string bias = $"layers.{network.Sizes.Length - 2}.bias";
        foreach (float number in new[] { -7.5f, 3f })
        {
            Dictionary<string, float[]> parameters =
                Changed(network.Parameters, bias, all => Array.ConvertAll(all, value => value + number));
            NetworkCase moved = network with { Parameters = parameters };
            AssertSame(moved, Gradient, Gradient(network));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_feature_of_another_scale_with_weights_that_undo_it_changes_no_bit(int seed)
    {
        // Powers of two only move the exponent.
        NetworkCase network = Draw(seed);
        float[] scales = [.. Enumerable.Range(0, network.Sizes[0]).Select(i => MathF.ScaleB(1, (i % 7) - 3))];
        Dictionary<string, double[]> actual = Gradient(network with
        {
            Features = [.. network.Features!.Select((value, i) => value * scales[i % scales.Length])],
            Parameters = Changed(
                network.Parameters, "layers.0.weight", all => [.. all.Select((value, i) => value / scales[i % scales.Length])]),
        });
        Dictionary<string, double[]> expected =
            Changed(Gradient(network), "layers.0.weight", all => [.. all.Select((value, i) => value * scales[i % scales.Length])]);
        Assert.All(expected, pair => Assert.Equal(pair.Value, actual[pair.Key]));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_the_options_the_number_of_threads_changes_no_bit(int seed)
    {
        for (int number = 1; number <= 4; number++)
        {
            NetworkCase network = NetworkDraw.Of(seed, number, isSmall: false);
            Dictionary<string, double[]>[] figures = [.. new[] { 1, 2, 3, 8 }.Select(threads => Figures(
                network with { Options = network.Options with { ThreadCount = threads } }))];
            Assert.All(figures, other =>
            {
                Assert.Equal(figures[0].Keys, other.Keys);
                Assert.All(figures[0], pair => Assert.Equal(pair.Value, other[pair.Key]));
            });
        }
    }

    /// <summary>
    /// The first network of a seed that is wanted, of features that are numbers, from which no exponential overflows, and samples that
    /// count alike.
    /// </summary>
    private static NetworkCase Draw(int seed, Func<NetworkCase, bool>? isWanted = null)
    {
        NetworkCase network = Enumerable.Range(1, 1000)
            .Select(number => NetworkDraw.Of(seed, number, isSmall: false))
            .Where(network => network.Loss != LossKind.Poisson || network.Features?.Max(Math.Abs) <= 2)
            .First(isWanted ?? (network => !network.BatchNormalization));
        return network with
        {
            Features = network.Features ?? Array.ConvertAll(network.Pixels!, pixel => pixel / 255f),
            Pixels = null,
            SampleWeights = null,
        };
    }

    private static Dictionary<string, double[]> Figures(NetworkCase network)
    {
        try
        {
            return EngineRun.Train(network, out _);
        }
        catch (MlpException failure) when (failure.ErrorId == "TrainingDiverged")
        {
            return [];
        }
    }

    private static int[] Order(int seed, int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new Random(seed).Shuffle(order);
        return order;
    }

    private static Dictionary<string, double[]> Gradient(NetworkCase network)
    {
        MlpModel model = network.Model();
        MlpDataset data = network.Dataset();
        Dictionary<string, double[]> figures = GradientProbe.Compute(model, data).ToDictionary(
            gradient => gradient.Parameter, gradient => Array.ConvertAll(gradient.Value.ToRowMajorArray(), value => (double)value));
        model.Adopt(data);
        figures["loss"] = [new MlpPredictor(model).Measure(data).Loss];
        return figures;
    }

    private static void AssertSame(
        NetworkCase network, Func<NetworkCase, Dictionary<string, double[]>> expected, Dictionary<string, double[]> actual)
    {
        Dictionary<string, double[]> values = expected(network);
        Dictionary<string, double[]>[] nudged =
            [.. Enumerable.Range(0, Nudges).Select(seed => expected(Nudged(network, new Random(seed))))];
        foreach ((string name, double[] figure) in values)
        {
            double[] moved = [.. figure.Select((value, i) => nudged.Max(other => Math.Abs(other[name][i] - value)))];
            string? difference = new ReferenceFigure(figure, moved).Difference(name, actual[name]);
            Assert.True(difference is null, $"{network}: {difference}");
        }
    }

    private static NetworkCase Nudged(NetworkCase original, Random random)
    {
        int[] order = [.. Enumerable.Range(0, original.Count)];
        random.Shuffle(order);
        NetworkCase network = Rows(original, order);
        float[] Moved(float[] values) => Array.ConvertAll(values, value => value * (1 + ((random.NextSingle() - 0.5f) / (1 << 22))));
        return network with
        {
            Features = Moved(network.Features!),
            SampleWeights = Moved(network.SampleWeights ?? [.. Enumerable.Repeat(1f, network.Count)]),
            Parameters = network.Parameters.ToDictionary(pair => pair.Key, pair => Moved(pair.Value)),
        };
    }

    private static NetworkCase Rows(NetworkCase network, int[] rows)
    {
        int width = network.Sizes[0], outputs = network.Sizes[^1];
        return network with
        {
            Features = [.. rows.SelectMany(row => network.Features!.AsSpan(row * width, width).ToArray())],
            SampleWeights = network.SampleWeights is null ? null : Array.ConvertAll(rows, row => network.SampleWeights[row]),
            Labels = network.Labels is null ? null : Array.ConvertAll(rows, row => network.Labels[row]),
            Targets = network.Targets is null
                ? null
                : [.. rows.SelectMany(row => network.Targets.AsSpan(row * outputs, outputs).ToArray())],
        };
    }

    private static T[] Columns<T>(T[] values, int rows, int[] order) =>
        [.. Enumerable.Range(0, rows).SelectMany(row => order.Select(column => values[(row * order.Length) + column]))];

    private static Dictionary<string, T[]> Changed<T>(IReadOnlyDictionary<string, T[]> values, string name, Func<T[], T[]> change) =>
        values.ToDictionary(pair => pair.Key, pair => pair.Key == name ? change(pair.Value) : pair.Value);

    private static Dictionary<string, double[]> Times(Dictionary<string, double[]> values, double factor) =>
        values.ToDictionary(pair => pair.Key, pair => Array.ConvertAll(pair.Value, value => value * factor));

    private static Dictionary<string, double[]> Sum(Dictionary<string, double[]> some, Dictionary<string, double[]> others) =>
        some.ToDictionary(pair => pair.Key, pair => pair.Value.Zip(others[pair.Key], (one, other) => one + other).ToArray());
}
