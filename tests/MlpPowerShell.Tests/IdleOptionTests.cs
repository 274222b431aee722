using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>What is given and does nothing is told, and is not recorded as if it had.</summary>
public sealed class IdleOptionTests : IDisposable
{
    private const string Setup = """
        $rows = 1..40 | ForEach-Object {
            $when = [datetime]::new(2024, 1, 1 + $_ % 20)
            [pscustomobject]@{ n = $_ % 7; c = "c$($_ % 3)"; when = $when; y = "y$($_ % 2)"; z = 2.5 * $_ } }
        $classes = $rows | ConvertTo-MlpDataset y -Exclude z
        $numbers = $rows | ConvertTo-MlpDataset z -Exclude y
        $array = New-MlpDataset ((1, 2), (3, 5), (4, 1)) 'a', 'b', 'a'
        $plain = $rows | ConvertTo-MlpDataset z -Feature n
        $model = New-MlpModel 3 -Dataset $classes -Seed 1
        $images = Import-Mnist -First 4
        $steps = Get-MlpSchedule -Epochs 2 -LearningRate 0.1

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData(
        "New-MlpModel -Dataset $classes -ColumnScaling @{ y = 'Log' }",
        "-ColumnScaling has no effect on y: categories and classes are not scaled.")]
    [InlineData(
        "New-MlpModel -Dataset $classes -ColumnScaling @{ c = 'Log' }",
        "-ColumnScaling has no effect on c: categories and classes are not scaled.")]
    [InlineData(
        "New-MlpModel -Dataset $numbers -ColumnScaling @{ c = 'Log' }",
        "-ColumnScaling has no effect on c: categories and classes are not scaled.")]
    [InlineData(
        "New-MlpModel -Dataset $classes -ColumnMissing @{ y = 'Drop' }",
        "-ColumnMissing has no effect on y: what becomes of missing labels is said apart with -MissingLabel.")]
    [InlineData(
        "New-MlpModel -Dataset $classes -DatePart @{ y = 'Hour' }",
        "-DatePart has no effect on y: a label has no dates to make features of.")]
    [InlineData(
        "New-MlpModel -Dataset $array -ColumnMissing @{ 1 = 'Mean' }",
        "-ColumnMissing has no effect on 1: no number of an array is missing.")]
    [InlineData("New-MlpModel -Dataset $array -Missing Mean", "-Missing has no effect: no number of an array is missing.")]
    [InlineData(
        "[IO.File]::WriteAllText(\"$PWD/d.csv\", \"a,when,y`n1,2024-13-40,p`n2,x,q`n3,x,p`n\"); "
            + "Import-MlpDataset d.csv y -DateFormat d.M.yyyy -Exclude a",
        "-DateFormat has no effect: no column holds dates that are written d.M.yyyy.")]
    public void What_does_nothing_is_one_warning(string script, string warning)
    {
        Session.Result result = _session.Try(Setup + script);
        Assert.Empty(result.Errors);
        Assert.Single(result.Warnings, warning);
    }

    [Theory]
    [InlineData("New-MlpModel -Dataset $classes -ColumnScaling @{ '*' = 'MinMax' } -ColumnMissing @{ '*' = 'Mean' }")]
    [InlineData("New-MlpModel -Dataset $numbers -ColumnScaling @{ z = 'Log'; when = 'MinMax' } -DatePart @{ when = 'Weekday' }")]
    [InlineData("New-MlpModel -Dataset $array -ColumnScaling @{ 1 = 'MinMax' }")]
    public void What_does_something_is_no_warning(string script)
    {
        Session.Result result = _session.Try(Setup + script);
        Assert.Empty(result.Errors);
        Assert.DoesNotContain(result.Warnings, warning => warning.Contains("no effect", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Get-MlpThreshold $model $classes -First 3 -All", "-First has no effect: -All takes every threshold.")]
    [InlineData("Show-MlpSample $images 1, 2 -First 1", "-First has no effect: -Index says which samples are drawn.")]
    [InlineData("$steps | Export-MlpChart a.svg -Target x", "-Target has no effect: it belongs to charts of predicted numbers.")]
    [InlineData("$steps | Export-MlpChart a.svg -First 3", "-First has no effect: it belongs to sheets of samples or units.")]
    [InlineData("$steps | Export-MlpChart a.svg -Dataset $classes", "-Dataset has no effect: it belongs to charts of predictions.")]
    [InlineData(
        "$steps | Export-MlpChart a.svg -Culture ([cultureinfo]::InvariantCulture)",
        "-Culture has no effect: it belongs to charts of epochs.")]
    [InlineData(
        "$images | Export-MlpChart a.svg -First 2 -Height 300",
        "-Height has no effect: a sheet of pictures is as high as it needs to be.")]
    [InlineData("Get-MlpSchedule -Epochs 2 -LearningRate 0.1 -Power 1", "-Power has no effect: it belongs to the schedule Polynomial.")]
    [InlineData(
        "Import-Mnist -First 2 -MemoryLimit 5",
        "-MemoryLimit has no effect: it needs -Stream, as all samples are read into memory.")]
    public void What_a_command_does_not_use_is_one_warning(string script, string warning) =>
        What_does_nothing_is_one_warning(script, warning);

    [Theory]
    [InlineData("New-MlpModel 3 -Dataset $classes", "HuberDelta", "1")]
    [InlineData("New-MlpModel 3 -Dataset $classes", "Quantile", "0.5")]
    [InlineData("New-MlpModel 3 -Dataset $classes", "FocalGamma", "2")]
    [InlineData("New-MlpModel 3 -Dataset $plain", "MaxCategories", "10000")]
    [InlineData("New-MlpModel 3 -Dataset $plain", "UnknownCategory", "Other")]
    [InlineData("Invoke-MlpTraining $model $classes -Epochs 1 -FullBatch", "DecayEvery", "10")]
    [InlineData("Invoke-MlpTraining $model $classes -Epochs 1 -FullBatch", "PlateauPatience", "5")]
    [InlineData("Invoke-MlpTraining $model $classes -Epochs 1 -FullBatch", "Power", "1")]
    [InlineData("Invoke-MlpTraining $model $classes -Epochs 1 -FullBatch", "ElasticSigma", "4")]
    [InlineData("Invoke-MlpTraining $model $classes -Epochs 1 -FullBatch", "NormalizationMomentum", "0.1")]
    [InlineData("Invoke-MlpTraining $model $classes -Epochs 1 -FullBatch", "CheckpointEvery", "1")]
    public void What_is_given_is_told_of_at_its_default_too(string command, string option, string value)
    {
        string start = $"-{option} has no effect: ";
        Session.Result given = _session.Try($"{Setup}{command} -{option} {value}");
        Assert.StartsWith(start, Assert.Single(given.Warnings));
        Session.Result row = _session.Try($"{Setup}[pscustomobject]@{{ {option} = '{value}' }} | {command}");
        Assert.Single(row.Warnings, warning => warning.StartsWith(start, StringComparison.Ordinal));
        Session.Result empty = _session.Try($"{Setup}[pscustomobject]@{{ {option} = '' }} | {command}");
        Assert.DoesNotContain(empty.Warnings, warning => warning.StartsWith(start, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Invoke-MlpTraining $model $classes -Epochs 1 -FullBatch -Restarts 0 -L1 0 -PlateauCooldown 0")]
    [InlineData("Invoke-MlpTraining $model $classes -Epochs 1 -FullBatch -Dropout 0.5 -Seed 1")]
    [InlineData("Invoke-MlpTraining $model $classes -Epochs 1 -BatchSize 8 -Seed 1")]
    [InlineData("[pscustomobject]@{ HiddenSize = 3; Seed = 1 } | New-MlpModel -Dataset $classes | "
        + "Invoke-MlpTraining -Dataset $classes -Epochs 1 -FullBatch")]
    [InlineData("Invoke-MlpTraining $model $classes -Epochs 3 -FullBatch -Schedule Cosine -Restarts 1")]
    public void What_says_that_there_is_none_and_what_acts_is_no_warning(string script) =>
        Assert.Empty(_session.Try(Setup + script).Warnings);

    [Fact]
    public void A_cosine_that_starts_again_at_each_step_is_told_of() => Assert.Single(
        _session.Try(Setup + "Invoke-MlpTraining $model $classes -Epochs 3 -FullBatch -Schedule Cosine -Restarts 2").Warnings,
        "-Restarts leaves no cosine: there are 3 steps, and the rate starts again before it has come down.");

    [Fact]
    public void To_leave_out_all_samples_is_an_error() => Assert.StartsWith(
        "EmptyDataset,", Assert.Single(_session.Try("Import-Mnist -Split Test -Skip 10000").Errors).FullyQualifiedErrorId);

    [Fact]
    public void Parts_of_dates_of_a_category_are_an_error()
    {
        ErrorRecord error = Assert.Single(_session.Try(Setup + "New-MlpModel -Dataset $classes -DatePart @{ c = 'Hour' }").Errors);
        Assert.StartsWith("NotADate,", error.FullyQualifiedErrorId);
    }

    [Fact]
    public void The_weight_decay_that_an_optimizer_has_by_itself_is_recorded()
    {
        const string Decay = "(Invoke-MlpTraining (New-MlpModel 3 -Dataset $classes) $classes -Epochs 1 -LearningRate 0.01 ";
        Assert.Equal("0.01", _session.Run1<string>(Setup + Decay + "-Optimizer AdamW).Details.Options['WeightDecay']"));
        Assert.Equal("0", _session.Run1<string>(Setup + Decay + "-Optimizer AdamW -WeightDecay 0).Details.Options['WeightDecay']"));
        Assert.False(_session.Run1<bool>(Setup + Decay + "-Optimizer Adam).Details.Options.ContainsKey('WeightDecay')"));
    }

    [Fact]
    public void The_name_of_a_run_says_nothing_of_what_did_nothing()
    {
        string[] names = [.. _session.Run(Setup + """
            [pscustomobject]@{ Optimizer = 'Adam'; Momentum = 0.5; Dropout = 0.1 },
            [pscustomobject]@{ Optimizer = 'Momentum'; Momentum = 0.6; Dropout = 0.1 } |
                New-MlpModel 3 -Dataset $classes | Invoke-MlpTraining -Dataset $classes -Epochs 1 -LearningRate 0.01 -BatchSize 8 |
                    ForEach-Object Run
            """).Select(name => $"{name}")];
        Assert.EndsWith("batch 8, Dropout 0.1", names[0]);
        Assert.EndsWith("batch 8, Momentum 0.6, Dropout 0.1", names[1]);
    }

    [Fact]
    public void A_table_of_runs_may_name_the_data_of_each()
    {
        string[] sizes = [.. _session.Run(Setup + """
            [pscustomobject]@{ Dataset = $classes; HiddenSize = 3 }, [pscustomobject]@{ Dataset = $numbers; HiddenSize = 4 } |
                New-MlpModel | ForEach-Object { "$($_.Architecture) $($_.Dataset.Task)" }
            """).Select(size => $"{size}")];
        Assert.Equal(["5-3-2 Classification", "5-4-1 Regression"], sizes);
    }

    [Theory]
    [InlineData("Path")]
    [InlineData("FullName")]
    [InlineData("LiteralPath")]
    [InlineData("PSPath")]
    public void Rows_of_a_list_of_files_are_their_paths(string column)
    {
        string script = $$"""
            [IO.File]::WriteAllText("$PWD/rows [1].csv", "a,y`n1,p`n2,q`n3,p`n")
            $files = 1..2 | ForEach-Object { [pscustomobject]@{ {{column}} = "$PWD/rows [1].csv" } }
            @($files | Import-MlpDataset -Label y | ForEach-Object Count) -join ' '
            """;
        Assert.Equal("3 3", _session.Run1<string>(script));
    }
}
