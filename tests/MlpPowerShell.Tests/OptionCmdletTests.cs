using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>
/// Options as parameters: rows with and without cells, the same run in another process, and errors that name the parameter.
/// </summary>
public sealed class OptionCmdletTests : IDisposable
{
    /// <summary>A training with class weights in a hashtable, whose order is another one in each process.</summary>
    public const string WeightedTraining = """
        $data = 1..60 | ForEach-Object { [pscustomobject]@{ a = $_ % 7; b = $_ % 5; label = 'abcdef'[$_ % 6] } } |
            ConvertTo-MlpDataset -Label label
        $model = New-MlpModel 4 -Dataset $data -Seed 1
        $weights = @{ a = 1.5; b = 2; c = 0.5; d = 1; e = 2; f = 3 }
        $epochs = @(Invoke-MlpTraining $model $data -Epochs 2 -BatchSize 10 -Seed 1 -MaxNorm 2.5 -ClassWeight $weights `
            -CheckpointPath run.safetensors -Resume -Optimizer Sgd)
        "epochs $($epochs.Count)"
        "weights $($model.Layers[0].Weights.FrobeniusNorm().ToString('R'))"
        if ($Error) { "error $($Error[0])" }

        """;

    /// <summary>A small table, and a model for it.</summary>
    internal const string Setup = """
        $data = 1..60 | ForEach-Object { [pscustomobject]@{ a = $_ % 7; b = $_ % 5; label = 'abcdef'[$_ % 6] } } |
            ConvertTo-MlpDataset -Label label
        $model = New-MlpModel 4 -Dataset $data -Seed 1

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact(Explicit = true)]
    public void A_training_with_class_weights_goes_on_in_another_process()
    {
        using var ranks = new Ranks();
        Assert.Equal("2", Assert.Single(ranks.Run(null, WeightedTraining).After("epochs")));
        for (int process = 0; process < 2; process++)
        {
            Ranks.Outcome outcome = ranks.Run(null, WeightedTraining);
            Assert.Empty(outcome.After("error"));
            Assert.Equal("0", Assert.Single(outcome.After("epochs")));
        }
    }

    [Fact]
    public void A_row_without_a_cell_takes_the_default_and_not_the_value_of_the_row_before()
    {
        Assert.Equal(
            [
                "BatchSize=10 Beta1=0.8 Dropout=0.25 Epochs=1 LearningRate=0.5 MinImprovement=0.1 Optimizer=Adam "
                + "Schedule=Exponential Seed=1",
                "BatchSize=16 Epochs=1 LearningRate=0.01 Optimizer=AdamW Schedule=OneCycle Seed=1 WeightDecay=0.1",
                "BatchSize=16 Epochs=1 LearningRate=0.01 Optimizer=AdamW Schedule=OneCycle Seed=1 WeightDecay=0.1",
            ],
            Runs("""
                [pscustomobject]@{ BatchSize = 10; Beta1 = '0.8'; Dropout = '0.25'; ElasticSigma = 2; LearningRate = 0.5
                    MinImprovement = '0.1'; Momentum = 0.5; Optimizer = 'adam'; Schedule = 'exponential' },
                [pscustomobject]@{ Name = 'no other cell' },
                [pscustomobject]@{ BatchSize = ''; Beta1 = ''; Dropout = ''; ElasticSigma = ''; LearningRate = ''
                    MinImprovement = ''; Momentum = ''; Optimizer = ''; Schedule = '' }
                """));
    }

    [Fact]
    public void An_empty_cell_is_the_default_of_every_option_that_a_column_can_give()
    {
        string[] columns = [.. _session.Run("""
            (Get-Command Invoke-MlpTraining).Parameters.Values |
                Where-Object { $_.ParameterSets.Values.ValueFromPipelineByPropertyName -contains $true } | ForEach-Object Name
            """).Select(name => $"{name}")
            .Except(["Model", "Dataset", "TestData", "ValidationData", "CheckpointPath", "Epochs", "Name", "Seed"])];
        Assert.True(columns.Length > 30);
        Assert.Equal(
            ["BatchSize=16 Epochs=1 LearningRate=0.01 Optimizer=AdamW Schedule=OneCycle Seed=1 WeightDecay=0.1"],
            Runs($"[pscustomobject]@{{ {string.Join("; ", columns.Select(column => $"{column} = ''"))} }}"));
        Assert.Equal("10000 ", _session.Run1<string>("""
            $command = [Activator]::CreateInstance((Get-Command New-MlpModel).ImplementingType)
            "$($command.MaxCategories) $($command.MinCategoryCount)"
            """));
        Assert.Single(_session.Run(Setup
            + "[pscustomobject]@{ MaxCategories = ''; MinCategoryCount = ''; Scaling = ''; Missing = ''; IgnoreCase = '' } | "
                + "New-MlpModel 4 -Dataset $data"));
    }

    [Theory]
    [InlineData(
        "CheckpointExists",
        "go on from it with -Resume, or replace it with -Force.",
        "[IO.File]::WriteAllText(\"$PWD/there\", 'x'); "
            + "Invoke-MlpTraining $model $data -Epochs 1 -CheckpointPath there -Optimizer Sgd -FullBatch")]
    [InlineData(
        "NotInMemory",
        "train it in mini-batches with -BatchSize.",
        "[IO.File]::WriteAllLines(\"$PWD/t.csv\", [string[]]('a,b', '1,x', '2,y', '3,x')); $s = Import-MlpDataset t.csv b "
            + "-Stream; Invoke-MlpTraining (New-MlpModel 2 -Dataset $s) $s -Epochs 1 -Optimizer Sgd -FullBatch")]
    [InlineData("EmptyColumn", "leave it out with -Exclude "
        + "'it''s'.", "New-MlpModel 2 -Dataset (1..9 | ForEach-Object { [pscustomobject]@{ \"it's\" = $null; b = \"t$($_ % "
            + "2)\" } } | ConvertTo-MlpDataset -Label b)")]
    [InlineData("ColumnNotFound", "where it is set aside with -Aside as", "Split-MlpDataset $data -Group nope 0.5")]
    [InlineData("UnknownFormat", "Name it with -Format.", "[IO.File]::WriteAllText(\"$PWD/t.txt\", 'x'); Import-MlpModel t.txt")]
    [InlineData(
        "InvalidBatchSize",
        "The batch size is 0; it must be at least 1.",
        "Invoke-MlpTraining $model $data -Epochs 1 -BatchSize 0 -Optimizer Sgd")]
    [InlineData("InvalidMaxCategories", "it must be at least 2.", "New-MlpModel 4 -Dataset $data -MaxCategories 1")]
    public void Errors_name_the_parameter_that_mends_them(string id, string words, string script)
    {
        ErrorRecord error = Assert.Single(_session.Try(Setup + script).Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId);
        Assert.Contains(words, error.ToString());
        Assert.Contains(words, error.Exception.Message);
    }

    [Fact]
    public void Warnings_name_the_parameter_too()
    {
        string warning = Assert.Single(_session.Try("New-MlpModel 2 -Dataset (1..40 | ForEach-Object { [pscustomobject]@{ id = $_; c "
            + "= $_ % 3; b = \"t$($_ % 2)\" } } | ConvertTo-MlpDataset -Label b)").Warnings);
        Assert.Contains("leave it out with -Exclude 'id' where the data are read.", warning);
    }

    [Fact]
    public void Two_weights_for_one_class_are_refused()
    {
        ErrorRecord error = Assert.Single(_session.Try(Setup
            + "$weights = @{ 1 = 2 }; $weights['1'] = 3; "
            + "Invoke-MlpTraining $model $data -Epochs 1 -ClassWeight $weights -Optimizer Sgd -FullBatch").Errors);
        Assert.Contains("There are two weights for class 1", error.ToString());
    }

    /// <summary>The options of the run of each row.</summary>
    private string[] Runs(string rows) => [.. _session.Run(Setup + rows + """
         | Invoke-MlpTraining $model $data -Epochs 1 -Seed 1 |
            ForEach-Object { ($_.Details.Options.GetEnumerator() | ForEach-Object { "$($_.Key)=$($_.Value)" }) -join ' ' }
        """).Select(run => $"{run}")];
}
