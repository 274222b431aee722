namespace MlpPowerShell.Engine.Evaluation;

/// <summary>
/// The line a x + b whose sigmoid is nearest to what is true of scores x (Platt, 1999, "Probabilistic outputs for support vector
/// machines"), by Newton's method with a step that is halved until it helps (Lin, Lin and Weng, 2007,
/// "A note on Platt's probabilistic outputs").
/// </summary>
internal static class PlattFit
{
    private const int MostSteps = 200;
    private const double LeastStep = 1e-10;
    private const double Ridge = 1e-12;

    /// <summary>The slope and the intercept.</summary>
    /// <param name="scores">The log-odds of each sample.</param>
    /// <param name="holds">Whether it is one of what is looked for.</param>
    /// <param name="weights">What each counts.</param>
    public static (double Slope, double Intercept) Of(double[] scores, bool[] holds, double[] weights)
    {
        double positives = 0, negatives = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            positives += holds[i] ? weights[i] : 0;
            negatives += holds[i] ? 0 : weights[i];
        }

        // What is aimed at is as far from 1 and 0 as so many samples leave in doubt.
        double high = (positives + 1) / (positives + 2), low = 1 / (negatives + 2);
        double[] targets = Array.ConvertAll(holds, held => held ? high : low);
        (double Slope, double Intercept) line = (0, Math.Log((positives + 1) / (negatives + 1)));
        double loss = LossOf(line);
        for (int i = 0; i < MostSteps; i++)
        {
            (double slope, double intercept) = StepFrom(line);
            double length = 1;
            (double Slope, double Intercept) next = line;
            double lossThere = loss;
            for (; length > LeastStep; length /= 2)
            {
                next = (line.Slope - (length * slope), line.Intercept - (length * intercept));
                lossThere = LossOf(next);
                if (lossThere < loss)
                    break;
            }

            if (!(lossThere < loss))
                break;
            (line, loss) = (next, lossThere);
        }

        return line;

        double LossOf((double Slope, double Intercept) at)
        {
            double sum = 0;
            for (int i = 0; i < scores.Length; i++)
            {
                double logit = (at.Slope * scores[i]) + at.Intercept;
                sum += weights[i] * (Network.LogOdds.Softplus(logit) - (targets[i] * logit));
            }

            return sum;
        }

        // The gradient by the inverse of the matrix of second derivatives.
        (double Slope, double Intercept) StepFrom((double Slope, double Intercept) at)
        {
            double bySlope = 0, byIntercept = 0, ss = Ridge, si = 0, ii = Ridge;
            for (int i = 0; i < scores.Length; i++)
            {
                double p = 1 / (1 + Math.Exp(-((at.Slope * scores[i]) + at.Intercept)));
                double off = weights[i] * (p - targets[i]), bend = weights[i] * p * (1 - p);
                bySlope += off * scores[i];
                byIntercept += off;
                ss += bend * scores[i] * scores[i];
                si += bend * scores[i];
                ii += bend;
            }

            double determinant = (ss * ii) - (si * si);
            return (((ii * bySlope) - (si * byIntercept)) / determinant, ((ss * byIntercept) - (si * bySlope)) / determinant);
        }
    }
}
