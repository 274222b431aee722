using System.Reflection;

namespace MlpPowerShell.Benchmarks;

internal static class Paths
{
    /// <summary>The folder with MNIST's files.</summary>
    public static string Mnist { get; } = Path.GetFullPath(
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "MnistFolder").Value!);
}
