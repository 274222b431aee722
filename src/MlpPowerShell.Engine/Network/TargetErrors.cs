using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>How far the numbers that a network gives are from those that they should be, in the targets' own units.</summary>
internal sealed class TargetErrors
{
    private readonly OutputHead _head;
    private readonly double[] _variations;

    /// <param name="head">What the outputs stand for.</param>
    /// <param name="targets">What all targets come to, in the order of the outputs.</param>
    public TargetErrors(OutputHead head, IEnumerable<Moments> targets)
    {
        _head = head;
        _variations = [.. targets.Select(target => target.Variation)];
    }

    /// <summary>What the targets of a data set come to, in the order of a model's outputs; null where that is not known.</summary>
    public static Moments[]? MomentsOf(OutputHead head, MlpDataset data)
    {
        if (head.Kind != OutputKind.Numbers || head.TargetColumnsOf(data) is not { } columns)
            return null;
        Moments?[] known = Array.ConvertAll(columns, column => MomentsOf(column, data));
        return Array.TrueForAll(known, moments => moments is not null) ? Array.ConvertAll(known, moments => moments!.Value) : null;
    }

    /// <summary>
    /// What the data set knows of its label already, where all samples count alike; of another column, and of numbers that it holds as
    /// texts, anew.
    /// </summary>
    private static Moments? MomentsOf(DataColumn column, MlpDataset data) =>
        (data.IsStreamed || data.Weights is null
            ? data.LabelStatistics.FirstOrDefault(label => label.Name == column.Name && label.Kind != ColumnKind.Category)?.Moments
            : null) ?? (data.IsStreamed ? null : Of(column, data.Weights));

    private static Moments Of(DataColumn column, float[]? weights)
    {
        DataColumn numbers = column.Kind == ColumnKind.Category ? column.As(ColumnKind.Number) : column;
        Moments moments = default;
        for (int i = 0; i < numbers.Count; i++)
        {
            if (numbers.NumberAt(i) is var number && !double.IsNaN(number))
                moments = moments.With(number, weights is null ? 1 : weights[i]);
        }

        return moments;
    }

    /// <summary>The errors of one sample.</summary>
    /// <param name="outputs">The sums of the output layer.</param>
    /// <param name="targets">What it should give.</param>
    /// <returns>The part of the targets' variation that this leaves, and the distance, each a mean over the targets.</returns>
    public (double Unexplained, double Distance) Of(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        double unexplained = 0, distance = 0;
        for (int j = 0; j < outputs.Length; j++)
        {
            double error = _head.NumberOfSum(j, outputs[j]) - _head.NumberOf(j, targets[j]);
            if (_variations[j] > 0)
                unexplained += error * error / _variations[j];
            distance += Math.Abs(error);
        }

        return (unexplained / outputs.Length, distance / outputs.Length);
    }

    /// <summary>
    /// The part of the targets' variation that is explained. Of a target that does not vary it is 0, as in scikit-learn, and 1 where all
    /// targets are met exactly.
    /// </summary>
    public double R2(BatchScore all) => all.Distance == 0
        ? 1
        : 1 - all.Unexplained - ((double)_variations.Count(variation => !(variation > 0)) / _variations.Length);
}
