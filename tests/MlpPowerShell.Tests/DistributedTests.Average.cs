namespace MlpPowerShell.Tests;

public sealed partial class DistributedTests
{
    [Fact(Explicit = true)]
    public void Weights_are_averaged_by_all_ranks_and_go_on_from_a_checkpoint()
    {
        NeedMpi();
        const string Script = """
            $ErrorActionPreference = 'Stop'
            $all = Import-Mnist -First 605
            foreach ($case in 'steps', 'epochs', 'normalized') {
                $options = if ($case -eq 'steps') { @{ AverageDecay = 0.9 } } else { @{ AverageFrom = 2 } }
                $options += @{ Epochs = 4; BatchSize = 100; Seed = 4; ValidationFraction = 0.2; RestoreBest = $true }
                function New-Model {
                    New-MlpModel 20, 12 -Dataset $all -Activation Tanh -Seed $args[0] -BatchNormalization:($case -eq 'normalized')
                }
                $model = New-Model 3
                Invoke-MlpTraining $model $all @options DISTRIBUTED | ForEach-Object { "$case $($_.ValidationLoss.ToString('R'))" }
                "$case-weights $($model.Layers.ForEach({ $_.Weights.FrobeniusNorm().ToString('R') }))"
                $options += @{ CheckpointPath = "$case.safetensors"; Resume = $true }
                $null = Invoke-MlpTraining (New-Model 3) $all @options -OnEpoch { $_.Epoch -lt 3 } DISTRIBUTED
                $model = New-Model 5
                $null = Invoke-MlpTraining $model $all @options DISTRIBUTED
                "$case-weights $($model.Layers.ForEach({ $_.Weights.FrobeniusNorm().ToString('R') }))"
            }
            """;
        Ranks.Outcome alone = _ranks.Run(null, Script.Replace("DISTRIBUTED", string.Empty, StringComparison.Ordinal));
        foreach (string file in Directory.GetFiles(_ranks.Folder, "*.safetensors"))
            File.Delete(file);
        Ranks.Outcome three = _ranks.Run(3, Script.Replace("DISTRIBUTED", "-Distributed", StringComparison.Ordinal));
        foreach (string name in new[] { "steps", "epochs", "normalized" })
        {
            // To the bit on every rank, and in the training that was interrupted.
            Assert.True(three.After(name + "-weights").Length == 6, three.ToString());
            Assert.Single(three.After(name + "-weights").Distinct());
            Assert.Single(alone.After(name + "-weights").Distinct());
            double[][] expected = alone.Numbers(name), actual = three.Numbers(name);
            Assert.Equal((4, 4), (expected.Length, actual.Length));
            foreach ((double[] one, double[] other) in expected.Zip(actual))
                AssertRelative(one[0], other[0], name == "normalized" ? 0.1 : 2e-5);
        }
    }

    [Fact(Explicit = true)]
    public void Ranks_choose_what_one_process_chooses()
    {
        NeedMpi();
        const string Script = """
            $data = Import-Mnist -First 1205
            $runs = @{}, @{ ValidationFraction = 0.25 }, @{ ValidationFraction = 0 },
                @{ Patience = 2; ValidationFraction = 0.9 }, @{ Patience = 99 },
                @{ FullBatch = $true; EvaluateTraining = $true }
            foreach ($options in $runs) {
                $model = New-MlpModel 8 $data -Seed 3 -Activation Tanh
                Invoke-MlpTraining $model $data -Seed 1 -Epochs 3 @options -InformationVariable said -WarningVariable warnings -PassThru |
                    Out-Null
                if ($rank -gt 0) { continue }
                "details $(($model.History | ForEach-Object Details) -replace ';.*')"
                $warnings | ForEach-Object { "warned $_" }
                $said | ForEach-Object { "said $_" }
                "loss $($model.History[-1].TrainingLoss.ToString('R'))"
            }
            """;
        Ranks.Outcome alone = _ranks.Run(null, Script), three = _ranks.Run(3, Script);
        Assert.Equal(6, alone.After("details").Length);
        foreach (string name in new[] { "details", "warned", "said" })
            Assert.Equal(alone.After(name), three.After(name));
        foreach ((double[] expected, double[] actual) in alone.Numbers("loss").Zip(three.Numbers("loss")))
            AssertRelative(expected[0], actual[0], 2e-5);
        Assert.Equal(alone.Numbers("loss").Length, three.Numbers("loss").Length);
    }
}
