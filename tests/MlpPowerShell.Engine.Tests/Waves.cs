using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>
/// The data and the first weights of references/make_references.py, which are formulas so that both sides make the same ones.
/// </summary>
internal static class Waves
{
    public const int Samples = 64;

    /// <summary>64 samples of 6 features in 3 classes.</summary>
    public static MlpDataset Data() => Data(i => i * i % 3, 3);

    /// <summary>64 samples of 6 features in classes that are called by their numbers.</summary>
    public static MlpDataset Data(Func<int, int> labelOf, int classes) => new(
        "waves",
        [.. Enumerable.Range(0, Samples).SelectMany(i => Enumerable.Range(0, 6).Select(j => At(i, j, 0)))],
        [.. Enumerable.Range(0, Samples).Select(labelOf)],
        6,
        [.. Enumerable.Range(0, classes).Select(i => $"{i}")]);

    public static float At(int i, int j, int k) => (float)Wave(i, j, k);

    /// <summary>Gives a model its first weights.</summary>
    public static void Fill(MlpModel model)
    {
        for (int i = 0; i < model.Layers.Count; i++)
            model.Layers[i].Weights.MapIndexedInplace((row, column, _) => (float)(0.6 * Wave(row, column, i)));
    }

    private static double Wave(int i, int j, int k) => Math.Sin((1.7 * i) + (2.3 * j) + (3.1 * k) + 0.5);
}
