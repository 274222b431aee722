using System.Management.Automation;

namespace MlpPowerShell.Tests;

public sealed partial class CmdletTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void ReLU_and_its_derivative_go_element_by_element()
    {
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 2, 3, 4], Numbers("-5..4 | Invoke-MlpActivation ReLU"));
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1, 1, 1], Numbers("-5..4 | Invoke-MlpActivation ReLU -Derivative"));
        Assert.Equal([0.5], Numbers("Invoke-MlpActivation sigmoid 0"));
        Assert.Equal([0, 1], Numbers("-1e308, 1e308 | Invoke-MlpActivation Sigmoid"));
    }

    [Fact]
    public void PReLU_goes_through_the_session()
    {
        Assert.Equal([-0.5, 0, 2], Numbers("-2, 0, 2 | Invoke-MlpActivation PReLU"));
        Assert.Equal([0.25, 1], Numbers("-2, 2 | Invoke-MlpActivation prelu -Derivative"));
        _session.Run("""
            $data = 1..60 |
                ForEach-Object { [pscustomobject]@{ a = [math]::Sin($_); b = $_ % 7; c = [math]::Cos($_ * $_); y = "c$($_ % 3)" } } |
                ConvertTo-MlpDataset y
            $model = New-MlpModel 8, 5 -Dataset $data -Activation PReLU -Seed 1
            $null = Invoke-MlpTraining $model $data -Epochs 3 -LearningRate 0.1 -Optimizer Sgd -FullBatch
            """);
        Assert.Equal((3 * 8) + 8 + 8 + (8 * 5) + 5 + 5 + (5 * 3) + 3, _session.Run1<long>("$model.ParameterCount"));
        Assert.Equal(
            ["dW1", "db1", "da1", "dW2", "db2", "da2", "dW3", "db3"],
            _session.Run("Test-MlpGradient $model $data | Where-Object Passed | ForEach-Object Name")
                .Select(name => (string)name.BaseObject));
        Assert.Equal("0", _session.Run1<string>("'' + @($model.Layers[0].Slopes -eq 0.25).Count"));
        const string Same = "-join ($model.Layers[0].Slopes.ForEach({ $_.ToString('R') })) -eq "
            + "-join ($other.Layers[0].Slopes.ForEach({ $_.ToString('R') }))";
        Assert.True(_session.Run1<bool>(
            "$other = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($model)); "
            + Same));
        Assert.True(_session.Run1<bool>("Export-MlpModel $model m.onnx; $other = Import-MlpModel m.onnx; " + Same));
        const string Tensors = "(Get-MlpModelInfo m.safetensors).Tensors.Where({ $_.Name -like '*.slope' }).ForEach({ $_.Shape[0] })";
        Assert.Equal("8 5", _session.Run1<string>($"Export-MlpModel $model m.safetensors; {Tensors} -join ' '"));
    }

    [Fact]
    public void Arrays_stay_arrays()
    {
        Assert.Equal([0.0, 2.0], Assert.IsType<double[]>(Assert.Single(_session.Run("Invoke-MlpActivation ReLU -1, 2")).BaseObject));
        Assert.Equal(2, _session.Run("(-1, 2), (3, -4) | Invoke-MlpActivation ReLU").Length);
        var nested = Assert.IsType<object[]>(Assert.Single(_session.Run(", ((-1, 2), (3, -4)) | Invoke-MlpActivation ReLU")).BaseObject);
        Assert.Equal([0.0, 2.0], Assert.IsType<double[]>(nested[0]));
        Assert.Equal([0.0, 3.0], Assert.IsType<double[]>(Assert.Single(_session.Run("Invoke-MlpActivation ReLU '-1', '3'")).BaseObject));
        Assert.Equal(
            1,
            _session.Run1<double>("$s = 0; $softmax = Invoke-MlpActivation Softmax 1e300, 0, -1e300; foreach ($p in $softmax) { $s += "
                + "$p }; $s"));
    }

    [Fact]
    public void One_bad_item_of_a_pipeline_does_not_stop_the_rest()
    {
        Session.Result result = _session.Try("-1, 'seven', 2 | Invoke-MlpActivation ReLU");
        Assert.Equal([0.0, 2.0], result.Output.Select(number => (double)number.BaseObject));
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("NotANumber,", error.FullyQualifiedErrorId);
        Assert.Equal("seven", error.TargetObject);
    }

    [Fact]
    public void MNIST_comes_with_the_module()
    {
        Assert.Equal(60_000, _session.Run1<int>("(Import-Mnist).Count"));
        Assert.Equal(25, _session.Run1<int>("(Import-Mnist -Split Test -First 25 -Skip 100).Count"));
    }

    [Fact]
    public void Paths_are_PowerShell_paths()
    {
        string source = Path.Combine(Session.ModuleFolder, "data", "mnist");
        foreach (string folder in new[] { "digits[1]", "digits2" })
        {
            Directory.CreateDirectory(Path.Combine(_session.Folder, folder));
            foreach (string file in Directory.GetFiles(source, "t10k-*"))
                File.Copy(file, Path.Combine(_session.Folder, folder, Path.GetFileName(file)));
        }

        Assert.Equal("digits2 test", _session.Run1<string>("(Import-Mnist ./digits2 -Split Test -First 5).Name"));
        Assert.Equal("digits[1] test", _session.Run1<string>("(Import-Mnist -LiteralPath 'digits[1]' -Split Test -First 5).Name"));
        Assert.Equal(2, _session.Run("Import-Mnist digits* -Split Test -First 5").Length);
        AssertFails("NotAFileSystemPath", "Import-Mnist Env:PATH");
        AssertFails("PathNotFound", "Import-Mnist nodrive:data");
        AssertFails("FileNotFound", "Import-Mnist nothing*");
    }

    [Fact]
    public void Broken_files_are_errors_by_id()
    {
        AssertFails("FolderNotFound", "Import-Mnist nowhere", ErrorCategory.ObjectNotFound, "nowhere");
        Write("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 7]);
        AssertFails("FileNotFound", "Import-Mnist .");
        Write("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0]);
        AssertFails("IdxTruncated", "Import-Mnist .", ErrorCategory.InvalidData);
        Write("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
        AssertFails("IdxOversized", "Import-Mnist .");
        Write("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
        AssertFails("ImageLabelCountMismatch", "Import-Mnist .");
        Write("train-images-idx3-ubyte", "not an image file"u8.ToArray());
        AssertFails("IdxWrongMagic", "Import-Mnist .");

        void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(_session.Folder, name), content);
    }

    [Fact]
    public void A_model_takes_its_sizes_from_the_data_or_from_parameters()
    {
        Assert.Equal(
            "784-128-64-10", _session.Run1<string>("(New-MlpModel -HiddenSize 128, 64 -Dataset (Import-Mnist -First 1)).Architecture"));
        Assert.Equal("4-3", _session.Run1<string>("(New-MlpModel -InputSize 4 -OutputSize 3).Architecture"));
        Assert.Equal(
            ["4-5-3 Tanh", "4-6-3 ReLU"],
            _session.Run("[pscustomobject]@{ HiddenSize = 5; Activation = 'tanh' }, [pscustomobject]@{ HiddenSize = 6; Activation = "
                + "'relu' } | New-MlpModel -InputSize 4 -OutputSize 3 | ForEach-Object { '{0} {1}' -f $_.Architecture, "
                    + "$_.Layers[0].ActivationName }")
                .Select(text => text.ToString()));
        AssertFails("InvalidHiddenSize", "New-MlpModel 5, 0 -InputSize 4 -OutputSize 3", ErrorCategory.InvalidArgument);
        AssertFails("ActivationCountMismatch", "New-MlpModel 5, 5, 5 -Activation ReLU, Tanh -InputSize 4 -OutputSize 3");
        AssertFails("ParameterArgumentTransformationError", "New-MlpModel 5 -Activation Relo -InputSize 4 -OutputSize 3");
    }

    [Fact]
    public void Arrays_become_data_sets_of_every_kind()
    {
        const string Data = """
            $x = foreach ($i in 0..59) { , @(($i / 30 - 1), [Math]::Sin($i)) }
            $numbers = New-MlpDataset $x -Target $x.ForEach({ 3 * $_[0] + $_[1] }) -TargetName price
            $labels = New-MlpDataset $x -Target $x.ForEach({ , @([int]($_[0] -gt 0), [int]($_[1] -gt 0)) }) -TargetName late, up
            $classes = New-MlpDataset $x $x.ForEach({ if ($_[0] -gt $_[1]) { 'yes' } else { 'no' } }) -SampleWeight (1..60) -Name answers
            $training = @{ Epochs = 150; LearningRate = 0.02; Optimizer = 'Adam'; BatchSize = 20; Seed = 1 }

            """;
        PSObject[] models = _session.Run(Data
            + "$numbers, $labels, $classes | ForEach-Object { New-MlpModel 16 -Dataset $_ -Seed 1 }; New-MlpModel -Dataset $classes "
                + "-Loss BinaryCrossEntropy -BatchNormalization; New-MlpModel -Dataset $numbers -Loss Huber -Linear");
        Assert.Equal(
            ["2-16-1 MeanSquaredError", "2-16-2 BinaryCrossEntropy", "2-16-2 CrossEntropy", "2-128-1 BinaryCrossEntropy", "2-1 Huber"],
            models.Select(model => $"{model.Properties["Architecture"].Value} {model.Properties["Loss"].Value}"));

        Assert.True(_session.Run1<double>(Data
            + "$m = New-MlpModel 16 -Activation Tanh -Dataset $numbers -Seed 1; $null = Invoke-MlpTraining $m $numbers @training; "
                + "(Measure-MlpModel $m $numbers).R2") > 0.98);
        Assert.True(_session.Run1<double>(Data
            + "$m = New-MlpModel 16 -Dataset $labels -Seed 1; $null = Invoke-MlpTraining $m $labels @training; (Measure-MlpModel $m "
                + "$labels).Accuracy") > 0.9);
        Assert.Equal("no yes", _session.Run1<string>(Data + "$classes.ClassNames -join ' '"));
        Assert.Equal("2 10", _session.Run1<string>("(New-MlpDataset (1, 2, 3) ('10', '2', '2')).ClassNames -join ' '"));
        Assert.Equal("4×2", _session.Run1<string>("(New-MlpDataset (, (1..8)) -ImageShape 4, 2).ImageShape"));
        AssertFails("RaggedRows", "New-MlpDataset (1, 2), (3, 4, 5)");
        AssertFails("NotANumber", "New-MlpDataset (1, 2), (3, 'x')");
        AssertFails("LabelCountMismatch", "New-MlpDataset (1, 2) 'a'");
        AssertFails("TargetCountMismatch", "New-MlpDataset (1, 2) -Target 1");
        AssertFails("SampleWeightCountMismatch", "New-MlpDataset (1, 2) -SampleWeight 1");
        AssertFails("InvalidSampleWeight", "New-MlpDataset (1, 2) -SampleWeight -1, 1");
        AssertFails("ImageShapeMismatch", "New-MlpDataset (1, 2) -ImageShape 3, 3");
    }

    [Fact]
    public void Models_can_be_compared()
    {
        const string Script = """
            $before = New-MlpModel 16 -Dataset $data -Seed 1
            $after = New-MlpModel 16 -Dataset $data -Seed 1 |
                Invoke-MlpTraining -Dataset $data -Epochs 100 -LearningRate 0.5 -PassThru -Optimizer Sgd -FullBatch
            $after, $before | Compare-MlpModel $before -Dataset $data
            """;
        PSObject[] comparisons = _session.Run(Setup + Script);
        Assert.True((double)comparisons[0].Properties["PValue"].Value < 0.001);
        Assert.True((double)comparisons[0].Properties["DifferenceLow"].Value > 0.2);
        Assert.Equal(1.0, comparisons[1].Properties["PValue"].Value);
    }

    [Fact]
    public void Class_weights_are_a_name_or_a_table()
    {
        const string Losses = """
            $args = @{ Dataset = $data; Epochs = 2; LearningRate = 0.1 }
            foreach ($weights in 'balanced', @{ 3 = 2.5; '8' = 0 }, $null) {
                (New-MlpModel 8 -Dataset $data -Seed 1 | Invoke-MlpTraining @args -ClassWeight $weights)[-1].TrainingLoss
            }
            """;
        Assert.Equal(3, _session.Run(Setup + Losses).Select(loss => loss.BaseObject).Distinct().Count());
        AssertFails("UnknownClass", Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -ClassWeight @{ cat = 1 }");
        AssertFails(
            "InvalidClassWeight",
            Setup + "$none = @{}; foreach ($name in $data.ClassNames) { $none[$name] = 0 }; "
            + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -ClassWeight $none",
            ErrorCategory.InvalidArgument);
        AssertFails(
            "ParameterArgumentTransformationError",
            Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -ClassWeight @{ 3 = -1 }",
            ErrorCategory.InvalidData);
        AssertFails(
            "ParameterArgumentTransformationError",
            Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -ClassWeight some",
            ErrorCategory.InvalidData);
    }

    [Fact]
    public void Early_stopping_ends_with_the_best_weights()
    {
        const string Script = """
            $held = Import-Mnist -Split Test -First 200
            $epochs = Invoke-MlpTraining $model $data -ValidationData $held -Patience 2 -Epochs 1000 `
                -LearningRate 0.01 -BatchSize 8 -Optimizer Adam -Seed 1
            $best = $epochs.Where({ $_.IsBest }, 'Last')[0]
            $difference = [Math]::Abs($best.ValidationLoss - (Measure-MlpModel $model $held).Loss)
            '{0} {1}' -f ($epochs[-1].Epoch - $best.Epoch), $difference.ToString('F6', [cultureinfo]::InvariantCulture)
            """;
        Assert.Equal("2 0.000000", _session.Run1<string>(Setup + Script));
        AssertFails("MonitorMissing", Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -Monitor ValidationLoss");
    }

    [Fact]
    public void A_schedule_can_be_looked_at_and_is_what_the_training_takes()
    {
        const string Script = """
            $run = [pscustomobject]@{ Epochs = '4'; LearningRate = '0.1'; Schedule = 'cosine'; WarmupEpochs = '1' }
            $listed = $run | Get-MlpSchedule
            $taken = $run | Invoke-MlpTraining $model $data -FullBatch
            ($listed.LearningRate -join ' ') -eq ($taken.Rate -join ' ')
            """;
        Assert.True(_session.Run1<bool>(Setup + Script));
        Assert.Equal(12, _session.Run("Get-MlpSchedule -Schedule OneCycle -Epochs 4 -StepsPerEpoch 3 -LearningRate 0.1").Length);
        AssertFails("ScheduleNotKnown", "Get-MlpSchedule -Schedule Plateau -Epochs 4 -LearningRate 0.1");
        AssertFails("InvalidEpochs", "Get-MlpSchedule -Epochs 0 -LearningRate 0.1");
        AssertFails("InvalidLearningRate", "Get-MlpSchedule -Epochs 4 -LearningRate -0.1");
        AssertFails("InvalidWarmupEpochs", "Get-MlpSchedule -WarmupEpochs 4 -Epochs 4 -LearningRate 0.1");
    }

    [Fact]
    public void Training_refuses_what_can_not_work()
    {
        AssertFails("InvalidBatchSize", Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -BatchSize 0");
        AssertFails("InvalidEpochs", Setup + "Invoke-MlpTraining $model $data -Epochs 0 -LearningRate 1");
        AssertFails(
            "FeatureCountMismatch",
            Setup + "Invoke-MlpTraining (New-MlpModel -InputSize 3 -OutputSize 10) $data -Epochs 1 -LearningRate 1");
        AssertFails("ClassCountMismatch", Setup + "Invoke-MlpTraining (New-MlpModel -InputSize 784 -OutputSize 3) $data -Epochs 1");
        AssertFails(
            "TrainingDiverged", Setup + "Invoke-MlpTraining $model $data -Epochs 9 -LearningRate 3e38", ErrorCategory.InvalidResult);
    }

    [Fact]
    public void The_reference_run_goes_the_same_way_through_the_cmdlets()
    {
        string references = Session.Metadata("References");
        string[] row = File.ReadLines(Path.Combine(references, "seed-128-64.csv")).ElementAt(2).Split(',');
        PSObject epoch = _session.Run("""
            $train, $test = (Import-Mnist), (Import-Mnist -Split Test)
            Invoke-MlpTraining (Import-MlpModel $a) $train $test -Epochs 2 -LearningRate 0.5 -Optimizer Sgd -FullBatch
            """, Path.Combine(references, "seed-128-64.init.safetensors"))[1];
        double expected = double.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(1, (double)epoch.Properties["TrainingLoss"].Value / expected, 1e-5);
    }

    private const string Setup = """
        $data = Import-Mnist -First 100
        $model = New-MlpModel 128, 64 -Activation ReLU, Sigmoid -Dataset $data -Seed 1

        """;

    private double[] Numbers(string script) => [.. _session.Run(script).Select(number => (double)number.BaseObject)];

    private void AssertFails(string errorId, string script, ErrorCategory? category = null, object? target = null)
    {
        ErrorRecord error = Assert.Single(_session.Try(script).Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        if (category is not null)
            Assert.Equal(category, error.CategoryInfo.Category);
        if (target is not null)
            Assert.Equal(target, error.TargetObject);
    }
}
