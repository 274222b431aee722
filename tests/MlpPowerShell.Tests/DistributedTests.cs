using System.Diagnostics;

namespace MlpPowerShell.Tests;

/// <summary>Trainings on several processes, against references, against one process, and with one of them failing.</summary>
public sealed class DistributedTests : IDisposable
{
    private static readonly string _references = Path.Combine(Session.Root, "tests", "MlpPowerShell.Engine.Tests", "references");

    private readonly Ranks _ranks = new();

    public void Dispose() => _ranks.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Full_batches_agree_with_NumPy(int ranks)
    {
        NeedMpi();
        Ranks.Outcome outcome = _ranks.Run(ranks, $$"""
            $model = Import-MlpModel '{{_references}}/seed-128-64.init.safetensors'
            Invoke-MlpTraining $model (Import-Mnist) (Import-Mnist -Split Test) -Epochs 8 -LearningRate 0.5 -Distributed -Optimizer Sgd -FullBatch |
                ForEach-Object { "epoch $($_.Epoch) $($_.TrainingLoss) $($_.TrainingAccuracy) $($_.TestLoss) $($_.TestAccuracy) $($_.Ranks)" }
            "weights $($model.Layers[0].Weights.FrobeniusNorm().ToString('R')) $($model.EpochsTrained)"
            """);
        double[][] epochs = outcome.Numbers("epoch");
        double[][] expected = [.. File.ReadLines(Path.Combine(_references, "seed-128-64.csv"))
            .Skip(1)
            .Take(8)
            .Select(line => Array.ConvertAll(line.Split(','), Number))];
        Assert.True(epochs.Length == expected.Length, outcome.ToString());
        foreach ((double[] epoch, double[] row) in epochs.Zip(expected))
        {
            Assert.Equal(row[0], epoch[0]);
            AssertRelative(row[1], epoch[1], 1e-5);
            Assert.Equal(row[2], epoch[2], 0.0002);
            AssertRelative(row[3], epoch[3], 1e-5);
            Assert.Equal(row[4], epoch[4], 0.0002);
            Assert.Equal(ranks, epoch[5]);
        }

        string[] weights = outcome.After("weights");
        Assert.Equal(ranks, weights.Length);
        Assert.Single(weights.Distinct());
    }

    [Theory]
    [InlineData(1, "Adam", 0.001, "adam lr=0.001 betas=0.9,0.999 eps=1e-8")]
    [InlineData(2, "Momentum", 0.1, "sgd lr=0.1 momentum=0.9")]
    [InlineData(2, "Adam", 0.001, "adam lr=0.001 betas=0.9,0.999 eps=1e-8")]
    [InlineData(4, "RMSprop", 0.001, "rmsprop lr=0.001 alpha=0.99 eps=1e-8")]
    [InlineData(2, "NAdam", 0.002, "nadam lr=0.002 betas=0.9,0.999 eps=1e-8 momentum_decay=0.004 weight_decay=0")]
    public void Steps_agree_with_PyTorch(int ranks, string optimizer, double learningRate, string row)
    {
        NeedMpi();
        double[] expected = [.. File.ReadLines(Path.Combine(_references, "torch-optimizers.csv"))
            .Where(line => line.StartsWith(row + ",", StringComparison.Ordinal) || line.StartsWith($"\"{row}\",", StringComparison.Ordinal))
            .Select(line => Number(line[(line.LastIndexOf(',') + 1)..]))];
        Ranks.Outcome outcome = _ranks.Run(ranks, $$"""
            $model = Import-MlpModel '{{_references}}/torch-optimizers.init.safetensors'
            Invoke-MlpTraining $model (Import-Mnist -First (60 * 128)) -Epochs 1 -BatchSize 128 -NoShuffle -Optimizer {{optimizer}} -LearningRate {{Text(learningRate)}} -Distributed -OnStep {
                [Console]::Out.WriteLine("step $($_.Loss.ToString('R')) $($_.Samples)") } | Out-Null
            """);
        double[][] steps = outcome.Numbers("step");
        Assert.Equal(60, expected.Length);
        Assert.True(steps.Length == 60, outcome.ToString());
        foreach ((double[] step, double loss) in steps.Zip(expected))
        {
            AssertRelative(loss, step[0], 1e-5);
            Assert.Equal(128, step[1]);
        }
    }

    [Fact]
    public void Slopes_are_learned_by_all_ranks()
    {
        NeedMpi();
        const string Script = """
            $all = Import-Mnist -First 605
            foreach ($normalizes in $false, $true) {
                $model = New-MlpModel 20, 12 -Dataset $all -Activation PReLU -Seed 3 -BatchNormalization:$normalizes
                $options = @{ Optimizer = 'AdamW'; LearningRate = 0.003; WeightDecay = 0.1; Dropout = 0.2 }
                $null = Invoke-MlpTraining $model $all -Epochs 2 -BatchSize 100 -Seed 4 @options DISTRIBUTED
                "slopes-$normalizes $($model.Layers[0].Slopes.ForEach({ $_.ToString('R') }))"
            }
            """;
        Ranks.Outcome alone = _ranks.Run(null, Script.Replace("DISTRIBUTED", string.Empty, StringComparison.Ordinal));
        Ranks.Outcome three = _ranks.Run(3, Script.Replace("DISTRIBUTED", "-Distributed", StringComparison.Ordinal));
        foreach (string name in new[] { "slopes-False", "slopes-True" })
        {
            Assert.True(three.After(name).Length == 3, three.ToString());
            Assert.Single(three.After(name).Distinct());
            Assert.DoesNotContain(0.25, three.Numbers(name)[0]);
        }

        foreach ((double expected, double slope) in alone.Numbers("slopes-False")[0].Zip(three.Numbers("slopes-False")[0]))
            Assert.Equal(expected, slope, 1e-4);
    }

    [Fact]
    public void Ranks_train_what_one_process_trains()
    {
        NeedMpi();

        // Smooth activations, as sums in another order can turn a ReLU on or off; batches that do not divide evenly; 5 samples in the last.
        const string Script = """
            $ErrorActionPreference = 'Stop'
            $all = Import-Mnist -First 1205
            function Train($name, $options) {
                $model = New-MlpModel 20, 12 -Dataset $all -Activation Tanh -Seed 3 @extra
                Invoke-MlpTraining $model $all -Epochs 3 -BatchSize 100 -Optimizer Adam -LearningRate 0.003 -Seed 4 @options |
                    ForEach-Object { "$name $($_.TrainingLoss.ToString('R')) $($_.TrainingAccuracy) $($_.ValidationLoss) $($_.GradientNorm) $($_.LearningRate)" }
                "$name-weights $($model.Layers[0].Weights.FrobeniusNorm().ToString('R')) $($model.EpochsTrained)"
            }
            $extra = @{}
            Train plain @{}
            Train dropout @{ Dropout = 0.3; InputDropout = 0.1; MaxNorm = 2 }
            Train images @{ RandomShift = 2; RandomRotation = 10 }
            Train schedule @{ ValidationFraction = 0.2; Schedule = 'OneCycle'; ClipNorm = 0.5; LabelSmoothing = 0.1; ClassWeight = 'Balanced'; EvaluateTraining = $true }
            $batchNormalization = @{ BatchNormalization = $true }
            $extra = $batchNormalization
            Train normalized @{ BatchSize = 300 }
            """;
        string one = Script.Replace("Train normalized @{ BatchSize = 300 }", string.Empty, StringComparison.Ordinal);
        string script = Script.Replace("-BatchSize 100", "@batch", StringComparison.Ordinal)
            .Replace(
                "Invoke-MlpTraining",
                "$batch = @{ BatchSize = 100 }; if ($options.BatchSize) { $batch = @{} }; Invoke-MlpTraining",
                StringComparison.Ordinal);
        Ranks.Outcome alone = _ranks.Run(null, one);
        Ranks.Outcome three = _ranks.Run(3, script);
        Ranks.Outcome again = _ranks.Run(3, script);
        foreach (string name in new[] { "plain", "dropout", "images", "schedule" })
        {
            double[][] expected = alone.Numbers(name), actual = three.Numbers(name);
            Assert.True(expected.Length == 3 && actual.Length == 3, $"{alone}\n{three}");
            foreach ((double[] expectedEpoch, double[] epoch) in expected.Zip(actual))
            {
                for (int i = 0; i < epoch.Length; i++)
                    AssertRelative(expectedEpoch[i], epoch[i], i == 1 ? 2e-3 : 2e-5);
            }
        }

        foreach (string name in new[] { "plain", "dropout", "images", "schedule", "normalized" })
        {
            // To the bit on every rank, and in every run.
            string[] weights = three.After(name + "-weights");
            Assert.Equal(3, weights.Length);
            Assert.Single(weights.Concat(again.After(name + "-weights")).Distinct());
            Assert.Equal(three.After(name), again.After(name));
        }

        double[] losses = [.. three.Numbers("normalized").Select(numbers => numbers[0])];
        Assert.True(losses is [var first, _, var last] && last < 0.7 * first, three.ToString());
    }

    [Fact]
    public void A_model_for_shards_is_fitted_to_all_of_them_and_is_the_same_on_all_ranks()
    {
        NeedMpi();
        const string Table = "$rows = (0..59).ForEach({ [pscustomobject]@{ x = [Math]::Sqrt($_); c = ('a', 'b', 'rare')[($_ % 2) + "
            + "($_ -gt 57)]; y = ('p', 'q', 'r')[[int]($_ -gt 20) + ($_ -gt 40)] } }); ";
        const string Ends = "\"ends $($model.Input.Columns[0].Shift.ToString('R')) $($model.Input.Columns[0].Factor.ToString('R')) "
            + "$($model.Input.FeatureNames -join '+') $($model.ClassNames -join '+') "
                + "$($model.Layers[0].Weights.FrobeniusNorm().ToString('R'))\"";
        Ranks.Outcome shards = _ranks.Run(
            2,
            Table
                + "$data = $rows[@((0..20), (21..59))[$rank]] | ConvertTo-MlpDataset y; $model = New-MlpModel 4 -Dataset $data "
                    + "-Sharded -Seed 3; "
                + Ends);
        string[] ends = shards.After("ends");
        Assert.True(ends.Length == 2, shards.ToString());
        Assert.Equal(ends[0], ends[1]);
        string whole = Assert.Single(_ranks.Run(
            null, Table + "$data = $rows | ConvertTo-MlpDataset y; $model = New-MlpModel 4 -Dataset $data -Seed 3; " + Ends)
            .After("ends"));
        Assert.Equal(whole.Split(' ')[2..], ends[0].Split(' ')[2..]);
        foreach ((string expected, string actual) in whole.Split(' ').Zip(ends[0].Split(' ')).Take(2))
            AssertRelative(TestNumber(expected), TestNumber(actual), 1e-14);

        static double TestNumber(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact(Explicit = true)]
    public void Shards_and_streams_are_read_by_the_rank_that_trains_them()
    {
        NeedMpi();
        Ranks.Outcome outcome = _ranks.Run(3, """
            $ErrorActionPreference = 'Stop'
            $whole = Import-Mnist -First 3100
            function Loss($name, $data, $options) {
                $model = New-MlpModel 16 -Dataset $whole -Activation Sigmoid -Seed 1
                Invoke-MlpTraining $model $data $whole -Epochs 4 -Optimizer Sgd -LearningRate 0.5 -Seed 1 @options | ForEach-Object { "$name $($_.TrainingLoss) $($_.TestLoss)" }
                "weights $name $($model.Layers[0].Weights.FrobeniusNorm().ToString('R'))"
            }
            # Of different sizes.
            $sizes = 1700, 600, 800
            $skip = 0, 1700, 2300
            $shard = Import-Mnist -Skip $skip[$rank] -First $sizes[$rank]
            Loss whole $whole @{ FullBatch = $true }
            Loss shards $shard @{ Sharded = $true; FullBatch = $true }
            Loss batches $shard @{ Sharded = $true; BatchSize = 64; Dropout = 0.1; ValidationFraction = 0.1 }

            # A shard's own file, and a file that all read.
            $table = [IO.File]::CreateText("$PWD/shard$rank.csv")
            $all = if ($rank -eq 0) { [IO.File]::CreateText("$PWD/all.csv") }
            foreach ($file in @($table; $all) -ne $null) {
                $file.WriteLine('x,y,class')
                $random = [Random]::new(7 + $rank)
                for ($i = 0; $i -lt 2000 + 500 * $rank; $i++) { $x = $random.NextDouble(); $y = $random.NextDouble(); $file.WriteLine("$x,$y,$(if ($x -gt $y) { 'a' } else { 'b' })") }
                $file.Dispose()
            }
            """);
        double[][] whole = outcome.Numbers("whole"), shards = outcome.Numbers("shards"), batches = outcome.Numbers("batches");
        Assert.True(whole.Length == 4 && shards.Length == 4 && batches.Length == 4, outcome.ToString());
        foreach ((double[] expected, double[] actual) in whole.Zip(shards))
        {
            AssertRelative(expected[0], actual[0], 2e-5);
            AssertRelative(expected[1], actual[1], 2e-5);
        }

        Assert.True(batches[^1][1] < 0.8 * batches[0][1], outcome.ToString());
        Assert.Equal(3, outcome.After("weights").Distinct().Count());

        Ranks.Outcome streamed = _ranks.Run(3, """
            $ErrorActionPreference = 'Stop'
            function Loss($name, $data, $options) {
                $model = New-MlpModel 8 -Dataset $data -Activation Tanh -Seed 1
                Invoke-MlpTraining $model $data $data -Epochs 4 -BatchSize 50 -Optimizer Adam -LearningRate 0.02 -Seed 1 @options | ForEach-Object { "$name $($_.TrainingLoss) $($_.TestLoss) $($_.TestAccuracy)" }
                "weights $name $($model.Layers[0].Weights.FrobeniusNorm().ToString('R'))"
            }
            # So little memory that a chunk is a block: 8 blocks, which 3 ranks can't share evenly.
            Loss streamed (Import-MlpDataset all.csv -Label class -Stream -MemoryLimit 120KB) @{}
            Loss streamed2 (Import-MlpDataset all.csv -Label class -Stream -MemoryLimit 120KB) @{}
            """);
        double[][] stream = streamed.Numbers("streamed");
        Assert.True(stream.Length == 4, streamed.ToString());
        Assert.Equal(streamed.After("streamed"), streamed.After("streamed2"));
        Assert.True(stream[^1][1] < 0.6 * stream[0][1] && stream[^1][2] > 0.9, streamed.ToString());
        Assert.Equal(6, streamed.After("weights").Length);
        Assert.Equal(2, streamed.After("weights").Distinct().Count());
    }

    [Fact(Explicit = true)]
    public void A_training_goes_on_from_its_checkpoint_with_another_number_of_ranks()
    {
        NeedMpi();
        const string Script = """
            $ErrorActionPreference = 'Stop'
            $data = Import-Mnist -First 1000
            $model = New-MlpModel 16 -Dataset $data -Activation Tanh -Seed (1 + $rank + NEW)
            Invoke-MlpTraining $model $data -Epochs 6 -BatchSize 64 -Optimizer Adam -LearningRate 0.003 -Schedule Cosine -ValidationFraction 0.2 -RestoreBest -Seed 1 CHECKPOINT |
                ForEach-Object { "epoch $($_.Epoch) $($_.ValidationLoss.ToString('R')) $($_.Ranks)"; if ($_.Epoch -eq $stopAfter) { break } }
            "weights $($model.Layers[0].Weights.FrobeniusNorm().ToString('R')) $($model.History.Count) $($model.EpochsTrained)"
            """;
        string Training(string file, int stopAfter, int seed) => $"$stopAfter = {stopAfter}\n" + Script
            .Replace("CHECKPOINT", file.Length > 0 ? $"-CheckpointPath {file} -Resume" : string.Empty, StringComparison.Ordinal)
            .Replace("NEW", $"{seed}", StringComparison.Ordinal);

        Ranks.Outcome whole = _ranks.Run(2, Training(string.Empty, 0, 0));
        Ranks.Outcome begun = _ranks.Run(2, Training("run.safetensors", 3, 0));
        Assert.True(begun.Numbers("epoch").Length == 3, begun.ToString());
        foreach (int copy in new[] { 1, 2, 3 })
            File.Copy(Path.Combine(_ranks.Folder, "run.safetensors"), Path.Combine(_ranks.Folder, $"run{copy}.safetensors"));

        // The model's own weights do not matter any more.
        Ranks.Outcome two = _ranks.Run(2, Training("run1.safetensors", 0, 10));
        Assert.Equal(whole.After("epoch").Skip(3), two.After("epoch"));
        Assert.Equal(whole.After("weights"), two.After("weights"));
        foreach ((int? ranks, string file) in new[] { ((int?)null, "run2.safetensors"), (3, "run3.safetensors") })
        {
            Ranks.Outcome other = _ranks.Run(ranks, Training(file, 0, 10));
            double[][] rest = other.Numbers("epoch");
            Assert.True(rest.Length == 3, other.ToString());
            foreach ((double[] expected, double[] actual) in whole.Numbers("epoch").Skip(3).Zip(rest))
            {
                Assert.Equal(expected[0], actual[0]);
                AssertRelative(expected[1], actual[1], 2e-5);
                Assert.Equal(ranks ?? 1, actual[2]);
            }
        }
    }

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
            Invoke-MlpTraining $model $data -Epochs 50 -BatchSize 100 -ValidationFraction 0.2 -Patience 1 -LearningRate 1e-9 -MinImprovement 1 -Optimizer Sgd | Out-Null
            "patience $($model.EpochsTrained) $($model.Layers[0].Biases[0].ToString('R'))"
            Export-MlpModel $model model.safetensors -Verbose 4>&1 | ForEach-Object { "verbose $_" }
            """);
        foreach ((string name, string epochs) in new[] { ("steps", "0"), ("epochs", "3"), ("patience", "5") })
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
    [InlineData(2, "if ($rank -eq 1) { $options.TestData = $data }", "Rank 1 of 2 has test data of another kind than rank 0")]
    [InlineData(2, "$options.CheckpointPath = \"none/x.safetensors\"", "There is no folder")]
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
    [InlineData(0, "INT")]
    [InlineData(1, "INT")]
    public async Task When_a_rank_is_stopped_or_dies_all_end_and_the_checkpoint_is_there(int rank, string signal)
    {
        NeedMpi();
        using Process process = _ranks.Start(2, """
            $ErrorActionPreference = 'Stop'
            [IO.File]::WriteAllText("$PWD/pid$rank", "$PID")
            $data = Import-Mnist -First 2000
            Invoke-MlpTraining (New-MlpModel 8 -Dataset $data) $data -Epochs 1000000 -BatchSize 100 -CheckpointPath run.safetensors -Optimizer Sgd |
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

    [Fact]
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
            Invoke-MlpTraining $model $data -Epochs 1 -Optimizer Sgd -FullBatch | ForEach-Object { "epoch $($_.Ranks) $($_.CommunicationTime.Ticks)" }
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

    [Fact]
    public void Ranks_agree_on_class_weights_whatever_the_order_of_their_hashtables()
    {
        NeedMpi();
        Ranks.Outcome outcome = _ranks.Run(3, OptionCmdletTests.WeightedTraining);
        // The first rank alone writes its epochs.
        Assert.Equal(["0", "0", "2"], outcome.After("epochs").Order());
        Assert.Single(outcome.After("weights").Distinct());
    }

    private static void NeedMpi() => Assert.SkipWhen(Ranks.Launcher is null, "This machine has no mpirun.");

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void AssertRelative(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance * Math.Abs(expected), $"{actual} is not {expected} within {tolerance:R}.");
}
