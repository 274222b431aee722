namespace MlpPowerShell.Engine.Distribution;

/// <summary>
/// Which of the processes this one is that mpirun, mpiexec or srun started together; the only one where none of them did.
/// </summary>
/// <param name="Rank">The process's number, from 0.</param>
/// <param name="Ranks">How many processes were started together.</param>
/// <param name="LocalRank">Its number among those on this machine, from 0.</param>
/// <param name="Machine">The machine's name.</param>
/// <param name="Launcher">What started them, or null.</param>
public sealed record MlpRank(int Rank, int Ranks, int LocalRank, string Machine, string? Launcher)
{
    private const string ProcessVariable = "MLP_RANK_PROCESS";

    private static readonly (string Launcher, string Rank, string Ranks, string Local)[] _variables =
    [
        ("Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"),
        ("MPICH", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"),
        ("Slurm", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"),
    ];

    /// <summary>This process, as its launcher's environment variables tell it; no MPI is loaded for it.</summary>
    public static MlpRank Current { get; } = Read();

    /// <summary>Whether Open MPI's launcher started it.</summary>
    internal bool IsOpenMpi => Launcher == _variables[0].Launcher;

    /// <inheritdoc/>
    public override string ToString() => $"rank {Rank} of {Ranks} on {Machine}";

    private static MlpRank Read()
    {
        // A job that a rank starts inherits its variables, but is no rank.
        string process = $"{Environment.ProcessId}";
        bool isChild = Environment.GetEnvironmentVariable(ProcessVariable) is { } rankProcess && rankProcess != process;
        foreach ((string launcher, string rank, string ranks, string local) in _variables)
        {
            if (isChild || Number(rank) is not { } mine || Number(ranks) is not { } all)
                continue;
            Environment.SetEnvironmentVariable(ProcessVariable, process);
            return new MlpRank(mine, all, Number(local) ?? 0, Environment.MachineName, launcher);
        }

        return new MlpRank(0, 1, 0, Environment.MachineName, null);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : null;
}
