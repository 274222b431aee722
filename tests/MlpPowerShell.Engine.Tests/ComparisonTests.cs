using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public class ComparisonTests
{
    /// <summary>Against scipy.stats.binomtest(min(b, c), b + c).pvalue.</summary>
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(5, 5, 1)]
    [InlineData(3, 10, 0.092285156)]
    [InlineData(10, 3, 0.092285156)]
    [InlineData(0, 6, 0.03125)]
    [InlineData(40, 70, 0.005447429511)]
    public void McNemars_test_is_the_exact_binomial_test(int onlyFirst, int onlySecond, double expected) =>
        Assert.Equal(expected, MlpComparison.McNemar(onlyFirst, onlySecond), 1e-6);

    /// <summary>Against statsmodels and SciPy, by references/make_comparisons.py.</summary>
    [Fact]
    public void Probabilities_and_intervals_are_those_of_statsmodels()
    {
        string[][] rows = TestData.Rows("comparisons");
        Assert.Equal(42, rows.Length);
        foreach (string[] row in rows)
        {
            int[] counts = [.. row.Take(3).Select(int.Parse)];
            double[] expected = [.. row.Skip(3).Select(TestData.Number)];
            (double low, double high) = MlpComparison.Interval(counts[0], counts[1], counts[2]);
            Assert.Equal(1, MlpComparison.McNemar(counts[1], counts[2]) / expected[0], 1e-9);
            Assert.Equal(expected[1], low, 1e-12);
            Assert.Equal(expected[2], high, 1e-12);
        }
    }

    [Fact]
    public void The_interval_covers_the_true_difference_in_95_of_100_cases()
    {
        // Two models that are right alone on 3 % and on 5 % of all samples.
        const int Cases = 4000;
        var random = new Random(1);
        int covered = 0;
        for (int run = 0; run < Cases; run++)
        {
            int onlyFirst = 0, onlySecond = 0;
            for (int i = 0; i < 500; i++)
            {
                double draw = random.NextDouble();
                onlyFirst += draw < 0.03 ? 1 : 0;
                onlySecond += draw is >= 0.03 and < 0.08 ? 1 : 0;
            }

            (double low, double high) = MlpComparison.Interval(500, onlyFirst, onlySecond);
            covered += low <= 0.02 && 0.02 <= high ? 1 : 0;
        }

        Assert.InRange(covered / (double)Cases, 0.94, 0.965);
    }

    [Fact]
    public void A_comparison_counts_who_is_right_alone()
    {
        MlpModel second = MlpModel.Create(3, new HiddenLayers([], [Activation.ReLU]), 3, Initializer.Zeros, 1);
        for (int i = 0; i < 3; i++)
            second.Layers[0].Weights[i, i] = 1;
        MlpModel first = MlpModel.Create(3, new HiddenLayers([], [Activation.ReLU]), 3, Initializer.Zeros, 1);

        // The first says 0 always, the second the largest feature: right, right, wrong, and wrong on the last sample.
        int[] labels = [0, 1, 2, 0];
        var data = new MlpDataset("toy", [1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1], labels, 3, ["x", "y", "z"]);
        MlpComparison comparison = MlpComparison.Compare(first.Named(data), second.Named(data), data);
        Assert.Equal(
            (4, 0.5, 0.5, 1, 1),
            (comparison.Samples, comparison.FirstAccuracy, comparison.SecondAccuracy,
                comparison.OnlyFirstRight, comparison.OnlySecondRight));
        Assert.Equal(1, comparison.PValue);
        Assert.True(comparison.DifferenceLow < 0 && comparison.DifferenceHigh > 0);
        Assert.Equal(0, MlpComparison.Compare(first, first, data).OnlyFirstRight);
        Assert.Equal(
            "LabelsMissing",
            Assert.Throws<MlpException>(() => MlpComparison.Compare(
                first, second, new MlpDataset("none", new float[3], null, 3, ["a", "b"]))).ErrorId);
    }
}
