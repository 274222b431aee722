using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>Sets a part of the training set aside for validation.</summary>
internal static class ValidationSplit
{
    /// <summary>Draws the part from a seed, with as even a share of each class, where there are classes, as can be. Both parts keep the order of the data.</summary>
    /// <exception cref="MlpException">One of the parts would be empty.</exception>
    public static (MlpDataset Training, MlpDataset Validation) Split(MlpDataset data, double fraction, int seed)
    {
        int[] order = [.. Enumerable.Range(0, data.Count)];
        SeededRandom.For(seed, SeededRandom.Purpose.Split).Shuffle(order);
        ReadOnlyMemory<int> labels = data.Labels;

        // Rounding each class alone would let the sizes drift: what is missing or too much carries over to the next class.
        var aside = new List<int>();
        double owed = 0;
        foreach (IGrouping<int, int> ofClass in order.GroupBy(i => labels.IsEmpty ? 0 : labels.Span[i]).OrderBy(group => group.Key))
        {
            owed += fraction * ofClass.Count();
            int taken = (int)Math.Round(owed);
            owed -= taken;
            aside.AddRange(ofClass.Take(taken));
        }

        int[] validation = [.. aside.Order()];
        int[] training = [.. order.Except(aside).Order()];
        if (validation.Length == 0 || training.Length == 0)
        {
            throw new MlpException(
                "InvalidValidationFraction",
                MlpErrorKind.InvalidArgument,
                $"A validation fraction of {fraction} leaves {training.Length} of {data.Count} samples to train with and {validation.Length} to validate with; both must have some.");
        }

        return (data.Take(training), data.Take(validation));
    }
}
