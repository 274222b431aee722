using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Training;

/// <summary>Sets a part of the training set aside for validation.</summary>
internal static class ValidationSplit
{
    /// <summary>
    /// Draws the part from a seed, with as even a share of each class, where there are classes, as can be. Both parts keep the order of the
    /// data.
    /// </summary>
    /// <exception cref="MlpException">One of the parts would be empty.</exception>
    public static (MlpDataset Training, MlpDataset Validation) Split(MlpDataset data, double fraction, int seed)
    {
        int[][] parts = SampleDraw.Parts(data, [fraction, 1 - fraction], new SplitOptions { Stratify = true, Seed = seed });
        if (Array.Exists(parts, part => part.Length == 0))
        {
            throw new MlpException(
                "InvalidValidationFraction",
                MlpErrorKind.InvalidArgument,
                $"A validation fraction of {fraction} leaves {parts[1].Length} of {data.Count} samples to train with and "
                + $"{parts[0].Length} to validate with; both must have some.");
        }

        return (data.Take(parts[1]), data.Take(parts[0]));
    }
}
