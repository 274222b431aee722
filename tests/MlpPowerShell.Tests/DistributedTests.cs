namespace MlpPowerShell.Tests;

/// <summary>Trainings on several processes, against references, against one process, and with one of them failing.</summary>
public sealed partial class DistributedTests : IDisposable
{
    private static readonly string _references = Path.Combine(Session.Root, "tests", "MlpPowerShell.Engine.Tests", "references");

    private readonly Ranks _ranks = new();

    public void Dispose() => _ranks.Dispose();

    [Theory]
    [InlineData(1, Explicit = true)]
    [InlineData(2)]
    [InlineData(4, Explicit = true)]
    public void Full_batches_agree_with_NumPy(int ranks)
    {
        NeedMpi();
        Ranks.Outcome outcome = _ranks.Run(ranks, $$"""
            $model = Import-MlpModel '{{_references}}/seed-128-64.init.safetensors'
            $train, $test = (Import-Mnist), (Import-Mnist -Split Test)
            Invoke-MlpTraining $model $train $test -Epochs 8 -LearningRate 0.5 -Distributed -Optimizer Sgd -FullBatch | ForEach-Object {
                "epoch $($_.Epoch) $($_.TrainingLoss) $($_.TrainingAccuracy) $($_.TestLoss) $($_.TestAccuracy) $($_.Ranks)" }
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
    [InlineData(1, "Adam", 0.001, "adam lr=0.001 betas=0.9,0.999 eps=1e-8", Explicit = true)]
    [InlineData(2, "Momentum", 0.1, "sgd lr=0.1 momentum=0.9")]
    [InlineData(2, "Adam", 0.001, "adam lr=0.001 betas=0.9,0.999 eps=1e-8", Explicit = true)]
    [InlineData(4, "RMSprop", 0.001, "rmsprop lr=0.001 alpha=0.99 eps=1e-8", Explicit = true)]
    [InlineData(
        2, "NAdam", 0.002, "nadam lr=0.002 betas=0.9,0.999 eps=1e-8 momentum_decay=0.004 weight_decay=0", Explicit = true)]
    public void Steps_agree_with_PyTorch(int ranks, string optimizer, double learningRate, string row)
    {
        NeedMpi();
        double[] expected = [.. File.ReadLines(Path.Combine(_references, "torch-optimizers.csv"))
            .Where(line => line.StartsWith(row + ",", StringComparison.Ordinal) || line.StartsWith($"\"{row}\",", StringComparison.Ordinal))
            .Select(line => Number(line[(line.LastIndexOf(',') + 1)..]))];
        Ranks.Outcome outcome = _ranks.Run(ranks, $$"""
            $model = Import-MlpModel '{{_references}}/torch-optimizers.init.safetensors'
            $options = @{ Optimizer = '{{optimizer}}'; LearningRate = {{Text(learningRate)}}; Distributed = $true }
            Invoke-MlpTraining $model (Import-Mnist -First (60 * 128)) -Epochs 1 -BatchSize 128 -NoShuffle @options -OnStep {
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

    [Fact(Explicit = true)]
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

    [Fact(Explicit = true)]
    public void Lines_are_searched_by_all_ranks()
    {
        NeedMpi();

        // A column of categories, whose gradient stands apart; a rank with no sample; sums that each rank normalizes by itself.
        const string Script = """
            $rows = 1..301 | ForEach-Object { [pscustomobject]@{ a = $_ % 17; kind = "k$($_ % 5)"; y = [Math]::Sin($_ % 17) + $_ % 5 } }
            $table = $rows | ConvertTo-MlpDataset y -Task Regression
            $few = $rows[0..1] | ConvertTo-MlpDataset y -Task Regression
            foreach ($case in 'plain', 'few', 'decayed', 'normalized') {
                $data = if ($case -eq 'few') { $few } else { $table }
                $model = New-MlpModel 12 -Dataset $table -Activation Tanh -Seed 3 -BatchNormalization:($case -eq 'normalized')
                $options = if ($case -eq 'decayed') { @{ WeightDecay = 0.01 } } else { @{} }
                $epochs = Invoke-MlpTraining $model $data -Optimizer LBFGS -Epochs 8 -Seed 4 -WarningAction Ignore @options DISTRIBUTED
                if ($epochs) { "$case $($epochs.ForEach({ $_.TrainingLoss.ToString('R') }))" }
                "$case-weights $($model.Layers[0].Weights.FrobeniusNorm().ToString('R')) $($model.EpochsTrained)"
            }
            """;
        Ranks.Outcome alone = _ranks.Run(null, Script.Replace("DISTRIBUTED", string.Empty, StringComparison.Ordinal));
        Ranks.Outcome three = _ranks.Run(3, Script.Replace("DISTRIBUTED", "-Distributed", StringComparison.Ordinal));
        foreach (string name in new[] { "plain", "decayed", "normalized", "few" })
        {
            Assert.True(three.After(name + "-weights").Length == 3, three.ToString());
            Assert.Single(three.After(name + "-weights").Distinct());
        }

        foreach (string name in new[] { "plain", "decayed", "few" })
        {
            double[] expected = alone.Numbers(name)[0], actual = three.Numbers(name)[0];
            Assert.Equal(expected.Length, actual.Length);
            foreach ((double one, double other) in expected.Zip(actual))
                Assert.Equal(one, other, 1e-3 * Math.Max(0.01, Math.Abs(one)));
        }

        double[] normalized = three.Numbers("normalized")[0];
        Assert.True(normalized[^1] < 0.8 * normalized[0], three.ToString());
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
                    ForEach-Object {
                        "$name $($_.TrainingLoss.ToString('R')) $($_.TrainingAccuracy) $($_.ValidationLoss) $($_.GradientNorm) $($_.Rate)" }
                "$name-weights $($model.Layers[0].Weights.FrobeniusNorm().ToString('R')) $($model.EpochsTrained)"
            }
            $extra = @{}
            Train plain @{}
            Train dropout @{ Dropout = 0.3; InputDropout = 0.1; MaxNorm = 2 }
            Train images @{ RandomShift = 2; RandomRotation = 10 }
            Train schedule @{
                ValidationFraction = 0.2; Schedule = 'OneCycle'; ClipNorm = 0.5
                LabelSmoothing = 0.1; ClassWeight = 'Balanced'; EvaluateTraining = $true }
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

    [Fact(Explicit = true)]
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
                Invoke-MlpTraining $model $data $whole -Epochs 4 -Optimizer Sgd -LearningRate 0.5 -Seed 1 @options |
                    ForEach-Object { "$name $($_.TrainingLoss) $($_.TestLoss)" }
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
                for ($i = 0; $i -lt 2000 + 500 * $rank; $i++) {
                    $x, $y = $random.NextDouble(), $random.NextDouble()
                    $file.WriteLine("$x,$y,$(if ($x -gt $y) { 'a' } else { 'b' })")
                }
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
                Invoke-MlpTraining $model $data $data -Epochs 4 -BatchSize 50 -Optimizer Adam -LearningRate 0.02 -Seed 1 @options |
                    ForEach-Object { "$name $($_.TrainingLoss) $($_.TestLoss) $($_.TestAccuracy)" }
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
            $options = @{ Epochs = 6; BatchSize = 64; Optimizer = 'Adam'; LearningRate = 0.003; Schedule = 'Cosine'; Seed = 1 }
            Invoke-MlpTraining $model $data @options -ValidationFraction 0.2 -RestoreBest CHECKPOINT | ForEach-Object {
                "epoch $($_.Epoch) $($_.ValidationLoss.ToString('R')) $($_.Ranks)"
                if ($_.Epoch -eq $stopAfter) { break }
            }
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

    private static void NeedMpi() => Assert.SkipWhen(Ranks.Launcher is null, "This machine has no mpirun.");

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void AssertRelative(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance * Math.Abs(expected), $"{actual} is not {expected} within {tolerance:R}.");
}
