namespace MlpPowerShell.Benchmarks;

/// <summary>What one call of a benchmark computes, for the columns that relate it to the machine's peak.</summary>
public interface IWork
{
    /// <summary>Floating-point operations, a multiply-add being two.</summary>
    double Operations { get; }

    /// <summary>Floats of the vectors that it uses.</summary>
    int Lanes { get; }

    /// <summary>Threads that it uses.</summary>
    int Threads { get; }
}
