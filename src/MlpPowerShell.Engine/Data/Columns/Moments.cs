namespace MlpPowerShell.Engine.Data;

/// <summary>The mean of weighted numbers, and how far they vary about it.</summary>
/// <param name="Weight">What they weigh.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Variation">The squares of their distances from it, each times its weight, added up.</param>
internal readonly record struct Moments(double Weight, double Mean, double Variation)
{
    /// <summary>Those of all, by Chan, Golub and LeVeque (1983), "Algorithms for computing the sample variance", equation 2.1.</summary>
    public static Moments operator +(Moments one, Moments other)
    {
        double all = one.Weight + other.Weight, apart = other.Mean - one.Mean;
        return all == 0 ? one : new Moments(
            all,
            one.Mean + (apart * other.Weight / all),
            one.Variation + other.Variation + (apart * apart * one.Weight * other.Weight / all));
    }

    /// <summary>Those of one number more, by West (1979), "Updating mean and variance estimates: an improved method".</summary>
    public Moments With(double number, double weight)
    {
        if (weight == 0)
            return this;
        double all = Weight + weight, apart = number - Mean, mean = Mean + (apart * weight / all);
        return new Moments(all, mean, Variation + (weight * apart * (number - mean)));
    }
}
