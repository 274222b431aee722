namespace MlpPowerShell.Engine.Evaluation;

/// <summary>
/// Probabilities that never fall as scores rise, nearest to what is true in the mean of squares, by pooling adjacent violators (Ayer et
/// al., 1955; for probabilities Zadrozny and Elkan, 2002, "Transforming classifier scores into accurate multiclass probability estimates").
/// </summary>
internal static class IsotonicFit
{
    /// <summary>The corners of the curve: rising scores, and the probability at each.</summary>
    /// <param name="scores">The log-odds of each sample.</param>
    /// <param name="holds">Whether it is one of what is looked for.</param>
    /// <param name="weights">What each counts, above 0.</param>
    public static (double[] Scores, double[] Probabilities) Of(double[] scores, bool[] holds, double[] weights)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        Array.Sort((double[])scores.Clone(), order);
        var pools = new List<Pool>();
        foreach (int i in order)
        {
            // Equal scores have one probability.
            var pool = new Pool(scores[i], scores[i], holds[i] ? weights[i] : 0, weights[i]);
            if (pools.Count > 0 && pools[^1].Last == scores[i])
                pool = Taken().With(pool);
            pools.Add(pool);
        }

        Pool[] rising = [.. pools];
        pools.Clear();
        foreach (Pool next in rising)
        {
            Pool pool = next;
            while (pools.Count > 0 && pools[^1].Mean >= pool.Mean)
                pool = Taken().With(pool);
            pools.Add(pool);
        }

        (double Score, double Probability)[] corners = [.. pools.SelectMany(pool => pool.First < pool.Last
            ? [(pool.First, pool.Mean), (pool.Last, pool.Mean)]
            : new[] { (pool.First, pool.Mean) })];
        return ([.. corners.Select(corner => corner.Score)], [.. corners.Select(corner => corner.Probability)]);

        Pool Taken()
        {
            Pool last = pools[^1];
            pools.RemoveAt(pools.Count - 1);
            return last;
        }
    }

    /// <summary>Samples that have one probability.</summary>
    /// <param name="First">The least score.</param>
    /// <param name="Last">The highest.</param>
    /// <param name="Positive">What those weigh that are looked for.</param>
    /// <param name="Weight">What all weigh.</param>
    private readonly record struct Pool(double First, double Last, double Positive, double Weight)
    {
        public double Mean => Positive / Weight;

        public Pool With(Pool next) => new(First, next.Last, Positive + next.Positive, Weight + next.Weight);
    }
}
