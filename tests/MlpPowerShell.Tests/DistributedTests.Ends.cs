using System.Diagnostics;

namespace MlpPowerShell.Tests;

public sealed partial class DistributedTests
{
    [Fact]
    public void What_rank_0_wants_to_end_ends_on_all()
    {
        NeedMpi();
        Ranks.Outcome outcome = _ranks.Run(2, """
            $data = Import-Mnist -First 600
            $model = New-MlpModel 16 -Dataset $data
            Invoke-MlpTraining $model $data -Epochs 50 -BatchSize 100 -OnStep { $_.Step -lt 4 } -Optimizer Sgd | Out-Null
            "steps $($model.EpochsTrained) $($model.Layers[0].Biases[0].ToString('R'))"
            Invoke-MlpTraining $model $data -Epochs 50 -OnEpoch { $_.Epoch -lt 3 } -Optimizer Sgd -FullBatch | Out-Null
            "epochs $($model.EpochsTrained) $($model.Layers[0].Biases[0].ToString('R'))"
            Invoke-MlpTraining $model $data -Epochs 50 -BatchSize 100 -ValidationFraction 0.2 -Patience 1 `
                -LearningRate 1e-9 -MinImprovement 1 -Optimizer Sgd | Out-Null
            "patience $($model.EpochsTrained) $($model.Layers[0].Biases[0].ToString('R'))"
            Export-MlpModel $model model.safetensors -Verbose 4>&1 | ForEach-Object { "verbose $_" }
            """);
        foreach ((string name, string epochs) in new[] { ("steps", "0"), ("epochs", "3"), ("patience", "4") })
        {
            string[] both = outcome.After(name);
            Assert.True(both.Length == 2, outcome.ToString());
            Assert.StartsWith(epochs + " ", Assert.Single(both.Distinct()));
        }

        Assert.Equal(0, outcome.ExitCode);
        Assert.True(File.Exists(Path.Combine(_ranks.Folder, "model.safetensors")));
        Assert.Contains(outcome.After("verbose"), line => line.StartsWith("Rank 1 leaves ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3, "if ($rank -eq 2) { $data = New-MlpDataset @(, @(1, 2, 3)) -Label 0 "
        + "}", "Rank 2 of 3: The data set data has 3 features a sample")]
    [InlineData(2, "if ($rank -eq 1) { $data = Import-Mnist -Skip 10 -First 600 }", "Rank 1 of 2 has other training data than rank 0")]
    [InlineData(2, "if ($rank -eq 1) { $options.LearningRate = 0.2 "
        + "}", "Rank 1 of 2: It does not train what rank 0 (there) trains: LearningRate is 0.2 here and 0.1 there")]
    [InlineData(
        2, "if ($rank -eq 1) { $options.TestData = $data }", "Rank 1 of 2 has test data of another kind than rank 0", Explicit = true)]
    [InlineData(2, "$options.CheckpointPath = \"none/x.safetensors\"", "There is no folder", Explicit = true)]
    [InlineData(2, "if ($rank -eq 1) { return }", "Rank 1 of 2: Its script has ended")]
    public void An_error_on_one_rank_is_one_error_that_names_it(int ranks, string trouble, string expected)
    {
        NeedMpi();
        Ranks.Outcome outcome = _ranks.Run(ranks, $$"""
            $data = Import-Mnist -First 600
            $options = @{ LearningRate = 0.1; BatchSize = 50; Seed = 1 }
            Invoke-MlpTraining (New-MlpModel 8 -Dataset $data -Seed 1) $data -Epochs 1 @options | Out-Null
            {{trouble}}
            Invoke-MlpTraining (New-MlpModel 8 -Dataset (Import-Mnist -First 600) -Seed 1) $data -Epochs 2 @options | Out-Null
            """);
        string text = string.Join(' ', $"{outcome.Output} {outcome.Error}".Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Replace(" | ", " ", StringComparison.Ordinal);
        Assert.True(text.Split(expected).Length == 2, $"{expected} is not said once.\n{outcome}");
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "KILL")]
    [InlineData(0, "INT", Explicit = true)]
    [InlineData(1, "INT", Explicit = true)]
    public async Task When_a_rank_is_stopped_or_dies_all_end_and_the_checkpoint_is_there(int rank, string signal)
    {
        NeedMpi();
        using Process process = _ranks.Start(2, """
            $ErrorActionPreference = 'Stop'
            [IO.File]::WriteAllText("$PWD/pid$rank", "$PID")
            $data = Import-Mnist -First 2000
            $model = New-MlpModel 8 -Dataset $data
            Invoke-MlpTraining $model $data -Epochs 1000000 -BatchSize 100 -CheckpointPath run.safetensors -Optimizer Sgd |
                ForEach-Object { if ($_.Epoch -eq 2) { [Console]::Out.WriteLine('training') } }
            """);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        using CancellationTokenRegistration _ = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        string? line;
        do
            line = await process.StandardOutput.ReadLineAsync(limit.Token);
        while (line is not null && line.Trim() != "training");
        Assert.Equal("training", line?.Trim());
        Process.Start("kill", ["-" + signal, File.ReadAllText(Path.Combine(_ranks.Folder, $"pid{rank}"))]).WaitForExit();
        string rest = await process.StandardOutput.ReadToEndAsync(limit.Token);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), "The ranks hang.");
        Assert.NotEqual(0, process.ExitCode);
        string text = string.Join(' ', $"{rest} {await errors}".Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(signal == "KILL" ? $"rank {rank}" : $"Rank {rank} of 2 was stopped", text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_ranks.Folder, "run.safetensors")));
    }

    [Fact(Explicit = true)]
    public void Without_an_MPI_that_fits_the_error_says_what_to_do()
    {
        const string Script = "$data = Import-Mnist -First 100; Invoke-MlpTraining (New-MlpModel 8 -Dataset $data) $data -Epochs 1 "
            + "-Distributed | ForEach-Object { \"epoch $($_.Ranks)\" }; \"id $($Error[0].FullyQualifiedErrorId)\"";
        Ranks.Outcome missing = _ranks.Run(null, Script, ("MLP_MPI_LIBRARY", "/no/libmpi.so"));
        Assert.StartsWith("MpiNotFound", Assert.Single(missing.After("id")));
        Assert.Contains("/no/libmpi.so", missing.Error + missing.Output, StringComparison.Ordinal);
        Assert.StartsWith("MpiNotFound", Assert.Single(_ranks.Run(null, Script, ("MLP_MPI_LIBRARY", "libc.so.6")).After("id")));
        NeedMpi();

        // As MPICH's launcher would start it, with Open MPI's library.
        Ranks.Outcome other = _ranks.Run(null, Script, ("MLP_MPI_LIBRARY", "libmpi.so.40"), ("PMI_RANK", "0"), ("PMI_SIZE", "2"));
        Assert.StartsWith("MpiMismatch", Assert.Single(other.After("id")));
    }

    [Fact]
    public void Nothing_is_loaded_and_nothing_distributed_unless_asked_for()
    {
        Ranks.Outcome outcome = _ranks.Run(null, """
            $data = Import-Mnist -First 100
            $model = New-MlpModel 8 -Dataset $data
            Invoke-MlpTraining $model $data -Epochs 1 -Optimizer Sgd -FullBatch |
                ForEach-Object { "epoch $($_.Ranks) $($_.CommunicationTime.Ticks)" }
            $r = Get-MlpRank
            "rank $($r.Rank) $($r.Ranks)"
            "loaded $(([IO.File]::ReadAllText('/proc/self/maps') -split "`n" -match 'libmpi|libmpich').Count)"
            Invoke-MlpTraining $model $data -Epochs 1 -Sharded -Optimizer Sgd -FullBatch
            "id $($Error[0].FullyQualifiedErrorId)"
            """);
        Assert.Equal("1 0", Assert.Single(outcome.After("epoch")));
        Assert.Equal("0 1", Assert.Single(outcome.After("rank")));
        Assert.Equal("0", Assert.Single(outcome.After("loaded")));
        Assert.StartsWith("NotDistributed", Assert.Single(outcome.After("id")));
    }

    [Fact]
    public void A_process_that_trains_alone_is_told_so_where_it_asks_for_others()
    {
        NeedMpi();
        Ranks.Outcome outcome = _ranks.Run(null, """
            $data = Import-Mnist -First 100
            $null = Invoke-MlpTraining (New-MlpModel 8 -Dataset $data) $data -Epochs 1 -Distributed -WarningVariable warnings
            "warning $warnings"
            """);
        Assert.StartsWith("-Distributed has no effect: this process trains alone", Assert.Single(outcome.After("warning")));
    }

    [Fact(Explicit = true)]
    public void Ranks_agree_on_class_weights_whatever_the_order_of_their_hashtables()
    {
        NeedMpi();
        Ranks.Outcome outcome = _ranks.Run(3, OptionCmdletTests.WeightedTraining);
        // The first rank alone writes its epochs.
        Assert.Equal(["0", "0", "2"], outcome.After("epochs").Order());
        Assert.Single(outcome.After("weights").Distinct());
    }
}
