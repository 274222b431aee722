using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>What is given counts: what can't be meant so is an error with a sentence, and never the default without a word.</summary>
public sealed partial class ArgumentTests : IDisposable
{
    private const string Setup = OptionCmdletTests.Setup;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_cell_that_no_parameter_can_read_is_an_error_on_every_cmdlet()
    {
        int tried = 0;
        foreach (CmdletInfo cmdlet in _session.Run("Get-Command -Module MlpPowerShell").Select(command => (CmdletInfo)command.BaseObject))
        {
            string input = cmdlet.Parameters.Values
                .Where(parameter => parameter.ParameterSets.Values.Any(set => set.ValueFromPipeline))
                .Select(parameter => parameter.ParameterType.Name == "MlpModel" ? "$model" : "[pscustomobject]@{}")
                .DefaultIfEmpty("[pscustomobject]@{}")
                .First();
            foreach (ParameterMetadata parameter in cmdlet.Parameters.Values.Where(IsConverted))
            {
                string others = cmdlet.Name switch
                {
                    "Invoke-MlpTraining" => "-Dataset $data -Epochs 1",
                    "New-MlpModel" when parameter.Name is "InputSize" => "-OutputSize 2",
                    "New-MlpModel" when parameter.Name is "OutputSize" => "-InputSize 2",
                    "New-MlpModel" => "-Dataset $data",
                    "Get-MlpSchedule" => "-Epochs 3 -LearningRate 0.1",
                    _ => string.Empty,
                };
                Session.Result result = _session.Try($$"""
                    {{Setup}}
                    $piped = {{input}}
                    $piped.PSObject.Properties.Add([psnoteproperty]::new('{{parameter.Name}}', 'no-such'))
                    $piped | {{cmdlet.Name}} {{others.Replace($"-{parameter.Name} ", "-Verbose:$false #")}}
                    """);
                Assert.True(result.Errors.Length == 1 && result.Output.Length == 0, $"{cmdlet.Name} -{parameter.Name}");
                Assert.Contains($"'{parameter.Name}'", result.Errors[0].ToString());
                Assert.Contains("'no-such", result.Errors[0].ToString());
                tried++;
            }
        }

        Assert.True(tried > 60, $"{tried} tried");
    }

    [Theory]
    [InlineData("LearningRate = '0.5x'", "'0.5x' is no number.")]
    [InlineData("LearningRate = '0,5'", "'0,5' is no number: numbers are written with a point, as 0.5.")]
    [InlineData("LearningRate = 'a,b'", "'a,b' is no number: numbers are written with a point, as 0.5.")]
    [InlineData("LearningRate = '1e-3x'", "'1e-3x' is no number.")]
    [InlineData("LearningRate = $true", "True is no number.")]
    [InlineData("LearningRate = 0.1, 0.2", "0.1, 0.2 is no number.")]
    [InlineData("LearningRate = '-1'", "The learning rate is -1; it must be above 0.")]
    [InlineData("LearningRate = 'NaN'", "The learning rate is NaN; it must be above 0.")]
    [InlineData("LearningRate = '1E400'", "The learning rate is Infinity; it must be finite and above 0.")]
    [InlineData("BatchSize = '1k'", "'1k' is no whole number.")]
    [InlineData("BatchSize = 64.5", "64.5 is no whole number.")]
    [InlineData("BatchSize = '64.5'", "'64.5' is no whole number.")]
    [InlineData("BatchSize = '1,000'", "'1,000' is no whole number: numbers are written without separators, as 1000.")]
    [InlineData("BatchSize = '1e12'", "'1e12' is too large; the largest number here is 2147483647.")]
    [InlineData("BatchSize = 'all'", "'all' is no whole number.")]
    [InlineData("BatchSize = 0", "The batch size is 0; it must be at least 1")]
    [InlineData("Patience = 'never'", "'never' is no whole number.")]
    [InlineData("Patience = 2.5", "2.5 is no whole number.")]
    [InlineData("Seed = 'x'", "'x' is no whole number.")]
    [InlineData("Seed = 1.5", "1.5 is no whole number.")]
    [InlineData("Seed = [datetime]'2024-01-01'", "is no whole number.")]
    [InlineData("Dropout = 'x'", "'x' is no number.")]
    [InlineData("Dropout = '0,5'", "'0,5' may be the number 0.5 or two: numbers are written with a point")]
    [InlineData("Dropout = ' 0,05 '", "' 0,05 ' may be the number 0.05 or two")]
    [InlineData("Dropout = '0,0'; HiddenSize = '4 4'", null)]
    [InlineData("Dropout = '0.2,0.5'; HiddenSize = '4 4'", null)]
    [InlineData("Dropout = '0.2; much'", "'much' is no number.")]
    [InlineData("Dropout = '1.5'", "A dropout rate is 1.5; it must be at least 0 and below 1.")]
    [InlineData("Dropout = '0.5%'", "'0.5%' is no number.")]
    [InlineData("Optimizer = 'Adm'", "'Adm' is none of Sgd, Momentum, Nesterov, ")]
    [InlineData("Optimizer = 'Adm'", "(did you mean Adam?)")]
    [InlineData("Optimizer = 3", "3 is none of Sgd, ")]
    [InlineData("Optimizer = 'N'", "'N' is none of Sgd, ")]
    [InlineData("Schedule = 'Cosinus'", "(did you mean Cosine?)")]
    [InlineData("Monitor = 'ValLoss'", "'ValLoss' is none of ")]
    [InlineData("WarmupEpochs = 'one'", "'one' is no number.")]
    [InlineData("DecayEvery = '10 epochs'", "'10 epochs' is no whole number.")]
    [InlineData("Restarts = 'none'", "'none' is no whole number.")]
    [InlineData("Momentum = '.9.'", "'.9.' is no number.")]
    [InlineData("WeightDecay = '1e-4 '", null)]
    [InlineData("ClassWeight = 'foo'", "'foo' is not Balanced, nor a text of classes and weights")]
    [InlineData("ClassWeight = @{ a = '0,5' }", "The weight of class a: '0,5' is no number: numbers are written with a point, as 0.5.")]
    [InlineData("ClassWeight = @{ a = $null }", "The weight of class a is empty; leave the class out, and it counts 1.")]
    [InlineData("NoShuffle = 'maybe'", "'maybe' says neither yes nor no: write True or False.")]
    [InlineData("RestoreBest = 2", "2 says neither yes nor no: write True or False.")]
    [InlineData("KeepZeros = 'ja'", "'ja' says neither yes nor no: write True or False.")]
    [InlineData("HiddenSize = 'abc'", "'abc' is no whole number. Hidden layers are written as 128, 64")]
    [InlineData("HiddenSize = 64.5", "64.5 is no whole number.")]
    [InlineData("HiddenSize = '128 RLU'", "(did you mean ReLU?)")]
    [InlineData("HiddenSize = '128x64'", "'128x64' is no whole number.")]
    [InlineData("Activation = 'RLU'", "(did you mean ReLU?)")]
    [InlineData("Loss = 'CrossEntrpy'", "(did you mean CrossEntropy?)")]
    [InlineData("Initializer = 'Kaimng'", "'Kaimng' is none of Default, Xavier, ")]
    [InlineData("MaxCategories = 'few'", "'few' is no whole number.")]
    [InlineData("Scaling = 'Standart'", "(did you mean Standard?)")]
    [InlineData("BatchNormalization = 'perhaps'", "'perhaps' says neither yes nor no: write True or False.")]
    public void A_cell_of_a_sweep_is_read_or_refused(string cell, string? words)
    {
        Session.Result result = _session.Try($$"""
            {{Setup}}
            [pscustomobject]@{ {{cell}} } | New-MlpModel -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1
            """);
        if (words is null)
        {
            Assert.Empty(result.Errors);
            Assert.Single(result.Output);
            return;
        }

        Assert.Contains(words, Assert.Single(result.Errors).ToString());
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("-LearningRate '0,5'", "'0,5' is no number: numbers are written with a point, as 0.5.")]
    [InlineData("-LearningRate 0,5", "0, 5 is no number.")]
    [InlineData("-Epochs 2.5", "2.5 is no whole number.")]
    [InlineData("-Epochs ten", "'ten' is no whole number.")]
    [InlineData("-Optimizer Adm", "(did you mean Adam?)")]
    [InlineData("-Optimizer ''", null)]
    [InlineData("-Schedule 'one cycle'", "(did you mean OneCycle?)")]
    [InlineData("-BatchSize 10.0", null)]
    public void An_argument_is_read_or_refused(string arguments, string? words)
    {
        Session.Result result = _session.Try($"{Setup} Invoke-MlpTraining $model $data "
            + (arguments.Contains("-Epochs", StringComparison.Ordinal) ? arguments : $"-Epochs 1 {arguments}"));
        if (words is null)
            Assert.Empty(result.Errors);
        else
            Assert.Contains(words, Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void One_bad_row_is_one_error_and_the_others_are_trained()
    {
        Session.Result result = _session.Try(Setup + """
            [pscustomobject]@{ Name = 'one'; LearningRate = '0.1' },
            [pscustomobject]@{ Name = 'two'; LearningRate = '0,1' },
            [pscustomobject]@{ Name = 'three'; LearningRate = '0.2' } |
                New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1
            """);
        Assert.Contains("'0,1' is no number", Assert.Single(result.Errors).ToString());
        Assert.Equal(["one", "three"], result.Output.Select(epoch => $"{epoch.Properties["Run"].Value}"));
    }

    [Fact]
    public void A_culture_changes_nothing_about_arguments()
    {
        Session.Result result = _session.Try(Setup + """
            $culture = [cultureinfo][cultureinfo]::InvariantCulture.Clone()
            $culture.NumberFormat.NumberDecimalSeparator = ','
            $culture.NumberFormat.NumberGroupSeparator = '.'
            [Threading.Thread]::CurrentThread.CurrentCulture = $culture
            Invoke-MlpTraining $model $data -Epochs 1 -LearningRate '0.5' -Seed 1
            Invoke-MlpTraining $model $data -Epochs 1 -LearningRate '0,5' -Seed 1
            """);
        Assert.Equal(0.5, Assert.Single(result.Output).Properties["LearningRate"].Value);
        Assert.Contains("written with a point", Assert.Single(result.Errors).ToString());
    }

    private static bool IsConverted(ParameterMetadata parameter)
    {
        Type type = parameter.ParameterType.IsArray ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return parameter.ParameterSets.Values.Any(set => set.ValueFromPipelineByPropertyName)
            && type != typeof(string) && type != typeof(object) && type != typeof(PSObject)
            && type.Name is not ("MlpModel" or "MlpDataset");
    }

    [Theory]
    [InlineData("@{ HiddenSize = 8 }", "A hashtable is no row of a table of runs")]
    [InlineData("8, 16", " is no row of a table of runs")]
    [InlineData("'8 tanh'", "'8 tanh' is no row of a table of runs")]
    public void What_is_no_row_of_a_table_of_runs_is_an_error(string rows, string sentence) =>
        Assert.All(_session.Try($"{Setup}{rows} | New-MlpModel -Dataset $data").Errors, error => Assert.Contains(sentence, $"{error}"));

    [Theory]
    [InlineData(
        "'HiddenSize;Epochs' = '8;1'",
        "No parameter takes the column HiddenSize;Epochs, and so all is chosen; its name looks like several")]
    [InlineData("Foo = 1; Bar = 2", "No parameter takes any of the columns Foo, Bar, and so all is chosen.")]
    [InlineData("HiddenSize = 2; WhatIf = 'true'", "The column 'WhatIf' is kept as a note")]
    public void A_row_of_which_nothing_is_understood_is_one_warning(string cells, string sentence)
    {
        string script = $"{Setup}1..2 | ForEach-Object {{ [pscustomobject]@{{ {cells} }} }} | New-MlpModel -Dataset $data";
        Assert.StartsWith(sentence, Assert.Single(_session.Try(script).Warnings));
    }

    [Fact]
    public void A_run_without_a_seed_is_resumed_with_the_seed_that_was_drawn()
    {
        const string Script = """
            $run = @{ Epochs = 4; LearningRate = 0.1; CheckpointPath = 'drawn.safetensors' }
            $first = @(Invoke-MlpTraining $model $data @run -OnEpoch { $_.Epoch -lt 2 })
            $again = New-MlpModel 4 -Dataset $data -Seed 1
            $rest = @(Invoke-MlpTraining $again $data @run -Resume)
            $whole = @(Invoke-MlpTraining (New-MlpModel 4 -Dataset $data -Seed 1) $data -Epochs 4 -LearningRate 0.1 -Seed $first[0].Seed)
            "$($rest.Epoch) $($rest[-1].TrainingLoss -eq $whole[-1].TrainingLoss)"
            """;
        Assert.Equal("3 4 True", _session.Run1<string>(Setup + Script));
        Assert.Contains(
            "can't be both resumed from and replaced",
            $"{Assert.Single(_session.Try("Invoke-MlpTraining $again $data @run -Resume -Force").Errors)}");
    }

    [Fact]
    public void A_two_dimensional_array_is_its_rows() => Assert.Equal(
        "4 2",
        _session.Run1<string>(
            "$table = [double[,]]::new(4, 2); $d = New-MlpDataset $table -Label 0, 1, 0, 1; \"$($d.Count) $($d.FeatureCount)\""));

    [Theory]
    [InlineData("1e-20")]
    [InlineData("1e-9")]
    [InlineData("1e12")]
    public void Predictions_keep_seven_digits_at_every_scale(string scale)
    {
        string script = $$"""
            $rows = 1..100 | ForEach-Object { [pscustomobject]@{ a = $_ / 100; y = $_ * {{scale}} } }
            $data = $rows | ConvertTo-MlpDataset y
            $model = New-MlpModel 8 -Dataset $data -Seed 1
            $null = Invoke-MlpTraining $model $data -Epochs 30 -LearningRate 0.01 -Seed 1
            $answers = @($data | Get-MlpPrediction $model)
            $errors = 0..99 | ForEach-Object { [Math]::Pow(($answers[$_].Prediction - $rows[$_].y) / {{scale}}, 2) }
            $mean = 0; $errors | ForEach-Object { $mean += $_ / 100 }
            [Math]::Abs([Math]::Sqrt($mean) / ((Measure-MlpModel $model $data).RootMeanSquaredError / {{scale}}) - 1)
            """;
        Assert.InRange(_session.Run1<double>(script), 0, 1e-4);
    }

    [Theory]
    [InlineData("-Fraction 0.8 -Stratify")]
    [InlineData("-Folds 3 -Group a")]
    public void A_streamed_data_set_is_divided_by_none_of_its_columns(string options)
    {
        string script = "[IO.File]::WriteAllText(\"$PWD/s.csv\", \"a,b,y`n1,2,p`n2,3,q`n3,4,p`n4,5,q`n\"); "
            + $"Import-MlpDataset s.csv y -Stream | Split-MlpDataset {options}";
        Assert.StartsWith("NotInMemory,", Assert.Single(_session.Try(script).Errors).FullyQualifiedErrorId);
    }
}
