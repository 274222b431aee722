using MathNet.Numerics.LinearAlgebra.Single;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Shows the gradients that training uses, and checks them.</summary>
public static class GradientProbe
{
    /// <summary>The gradient of the mean loss over a data set by every parameter, in the order W1, b1, W2, b2, …</summary>
    /// <exception cref="MlpException">The data set does not fit the model.</exception>
    /// <exception cref="OperationCanceledException">The computation was cancelled.</exception>
    public static IReadOnlyList<MlpGradient> Compute(MlpModel model, MlpDataset dataset, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(dataset);
        return Compute(model, Encode(model, dataset, cancellation), cancellation);
    }

    internal static IReadOnlyList<MlpGradient> Compute(MlpModel model, Samples samples, CancellationToken cancellation = default)
    {
        var layout = new ParameterLayout(model, Kernel.Best);
        var weights = new AlignedBuffer(layout.Length);
        var gradient = new AlignedBuffer(layout.Length);
        layout.Pack(model, weights);
        var network = new BackwardPass(
            layout, samples.Count, Environment.ProcessorCount, new GradientOptions { Cancellation = cancellation });
        network.Gradient(new Batch(samples, null, 0, samples.Count), weights, gradient);
        network.OneHot?.Spread(gradient);

        var result = new List<MlpGradient>();
        foreach ((ParameterTensor tensor, LayerParameter parameter) in layout.Tensors.Zip(model.Parameters)
            .Where(pair => pair.Second.Kind.IsTrained()))
        {
            var value = new DenseMatrix(parameter.Rows, parameter.Columns);
            tensor.Unpack(gradient, value.Values);
            result.Add(new MlpGradient(parameter.GradientName, parameter.Name, value));
        }

        return result;
    }

    /// <summary>Compares every gradient with central differences of the loss, computed in float64.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dataset">Samples with labels; the time grows with their number, and a few dozen tell as much as many.</param>
    /// <param name="maxChecks">The most entries to compare of each parameter, drawn from the seed; at least 1.</param>
    /// <param name="tolerance">The largest relative error that passes.</param>
    /// <param name="seed">Determines which entries are compared.</param>
    /// <param name="cancellation">Stops the check between two entries.</param>
    /// <exception cref="MlpException">The data set does not fit the model.</exception>
    /// <exception cref="OperationCanceledException">The check was cancelled.</exception>
    public static IEnumerable<MlpGradientCheck> Check(
        MlpModel model, MlpDataset dataset, int maxChecks, double tolerance, int seed, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxChecks, 1);
        IReadOnlyList<MlpGradient> gradients = Compute(model, dataset, cancellation);
        if (model.HasBatchNormalization && dataset.Count > Tile.Capacity)
        {
            throw new MlpException(
                "TooManySamples",
                MlpErrorKind.InvalidArgument,
                $"The data set {dataset.Name} has {dataset.Count} samples; a model with batch normalization is checked on at most "
                + $"{Tile.Capacity}, which are normalized together.");
        }

        var reference = new ReferenceNetwork(model, Encode(model, dataset, cancellation), cancellation);
        return Compare(gradients, reference, maxChecks, tolerance, seed, cancellation);
    }

    private static Samples Encode(MlpModel model, MlpDataset dataset, CancellationToken cancellation)
    {
        if (dataset.IsStreamed)
            throw dataset.NotInMemory();

        // A model without names is looked at as if it learned from these samples first.
        ModelEnds ends = model.Ends with { Output = model.Output.Adopt(dataset, model.Loss) };
        ends.CheckMeets(dataset, EncodingPurpose.Training);
        return ends.Encode(ends.WithoutGaps(dataset, EncodingPurpose.Training, null, out _), EncodingPurpose.Training, null, cancellation);
    }

    internal static IEnumerable<MlpGradientCheck> Compare(
        IReadOnlyList<MlpGradient> gradients,
        ReferenceNetwork reference,
        int maxChecks,
        double tolerance,
        int seed,
        CancellationToken cancellation)
    {
        Random random = SeededRandom.For(seed, SeededRandom.Purpose.GradientCheck);
        var rounding = new RoundingBound(reference, cancellation);
        foreach ((MlpGradient gradient, LayerParameter parameter) in gradients.Zip(reference.Parameters))
        {
            (int Row, int Column)[] entries = Draw(gradient, maxChecks, random);
            var numeric = new double[entries.Length];
            for (int e = 0; e < entries.Length; e++)
            {
                cancellation.ThrowIfCancellationRequested();
                (int row, int column) = entries[e];
                numeric[e] = reference.Difference(parameter, row, column);
            }

            double largestOfAll = numeric.Max(Math.Abs);
            double largest = 0;
            for (int e = 0; e < entries.Length; e++)
            {
                (int row, int column) = entries[e];
                double analytic = gradient.Value[row, column];
                double floor = Math.Max(largestOfAll, rounding.Of(parameter, row, column)) / 1000;
                double scale = Math.Max(floor, Math.Max(Math.Abs(analytic), Math.Abs(numeric[e])));
                if (scale > 0)
                    largest = Math.Max(largest, Math.Abs(analytic - numeric[e]) / scale);
            }

            yield return new MlpGradientCheck(gradient.Name, gradient.Parameter, entries.Length, largest, tolerance);
        }
    }

    private static (int Row, int Column)[] Draw(MlpGradient gradient, int maxChecks, Random random)
    {
        int rows = gradient.Value.RowCount;
        int count = rows * gradient.Value.ColumnCount;
        if (count <= maxChecks)
            return [.. Enumerable.Range(0, count).Select(Place)];

        // The start of a shuffle, of which only what has moved is kept.
        var moved = new Dictionary<int, int>();
        var drawn = new (int, int)[maxChecks];
        for (int i = 0; i < maxChecks; i++)
        {
            int other = random.Next(i, count);
            drawn[i] = Place(moved.GetValueOrDefault(other, other));
            moved[other] = moved.GetValueOrDefault(i, i);
        }

        return drawn;

        (int Row, int Column) Place(int entry) => (entry % rows, entry / rows);
    }
}
