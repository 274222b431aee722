namespace MlpPowerShell.Engine.Evaluation;

/// <summary>What follows from each threshold of a class's probability.</summary>
internal static class ThresholdTable
{
    /// <summary>A row for each different probability, rising.</summary>
    /// <param name="name">The class.</param>
    /// <param name="scores">The probabilities of all samples.</param>
    /// <param name="costs">What outcomes cost, or null.</param>
    /// <param name="most">The most rows; null for all. The first, the last and the recommended one are always there.</param>
    /// <exception cref="MlpException">There are not samples of the class and others.</exception>
    public static MlpThreshold[] Of(string name, ScoreRuns scores, MlpCosts? costs, int? most)
    {
        (float Probability, double Positive, double Negative)[] falling = [.. scores.Falling()];
        double positives = falling.Sum(run => run.Positive), negatives = falling.Sum(run => run.Negative);
        if (!(positives > 0 && negatives > 0))
        {
            throw new MlpException(
                "OneClassOnly",
                MlpErrorKind.InvalidData,
                $"The samples are {(positives > 0 ? "all" : "none")} of {name}, and without some that are and some that are not, no "
                + $"threshold is better than another.");
        }

        var rows = new MlpThreshold[falling.Length];
        double found = 0, wrong = 0;
        int best = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            found += falling[i].Positive;
            wrong += falling[i].Negative;

            // What is left may be no exact 0 of weights that were added in another order.
            bool isLast = i == rows.Length - 1;
            var row = new MlpThreshold
            {
                Threshold = falling[i].Probability,
                PositiveClass = name,
                TruePositives = found,
                FalsePositives = wrong,
                TrueNegatives = isLast ? 0 : negatives - wrong,
                FalseNegatives = isLast ? 0 : positives - found,
            };
            rows[i] = row with { Cost = costs is null ? null : CostOf(row, costs) / (positives + negatives) };
            if (costs is null ? rows[i].F1 > rows[best].F1 : rows[i].Cost < rows[best].Cost)
                best = i;
        }

        rows[best] = rows[best] with { IsRecommended = true };
        Array.Reverse(rows);
        return most < rows.Length ? Some(rows, rows.Length - 1 - best, most.Value) : rows;
    }

    private static double CostOf(MlpThreshold row, MlpCosts costs) =>
        (row.TruePositives * costs.TruePositive)
        + (row.FalsePositives * costs.FalsePositive)
        + (row.TrueNegatives * costs.TrueNegative)
        + (row.FalseNegatives * costs.FalseNegative);

    /// <summary>Some rows, evenly spread, among them one that must be there.</summary>
    private static MlpThreshold[] Some(MlpThreshold[] rows, int recommended, int most)
    {
        int[] places = [.. Enumerable.Range(0, most).Select(i => (int)((long)i * (rows.Length - 1) / (most - 1)))];
        if (!places.Contains(recommended))
            places[Enumerable.Range(1, most - 2).MinBy(i => Math.Abs(places[i] - recommended))] = recommended;
        return Array.ConvertAll(places, place => rows[place]);
    }
}
