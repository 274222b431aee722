namespace MlpPowerShell.Engine.Kernels;

/// <summary>What happens to the values that stand where sums go.</summary>
internal enum SumMode
{
    /// <summary>The sums take their place.</summary>
    Set,

    /// <summary>The sums are added to them.</summary>
    Add,
}
