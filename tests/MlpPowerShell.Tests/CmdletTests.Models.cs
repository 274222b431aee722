using System.Management.Automation;

namespace MlpPowerShell.Tests;

public sealed partial class CmdletTests
{
    [Fact]
    public void Predictions_compare_with_labels_where_there_are_any()
    {
        Assert.Equal("5", _session.Run1<string>("$d = Import-Mnist -First 1; (Get-MlpPrediction (New-MlpModel 5 -Dataset $d) $d).Label"));
        PSObject[] raw = _session.Run(Setup + "$data.GetSample(0), $data.GetSample(1) | Get-MlpPrediction $model");
        PSObject[] whole = _session.Run(Setup + "$data | Get-MlpPrediction $model");
        Assert.Equal(100, whole.Length);
        Assert.Equal([0, 1], raw.Select(prediction => (int)prediction.Properties["Index"].Value));
        Assert.Null(raw[0].Properties["Label"].Value);
        Assert.Equal(whole[1].Properties["Prediction"].Value, raw[1].Properties["Prediction"].Value);
        Assert.Equal(whole[1].Properties["Confidence"].Value, raw[1].Properties["Confidence"].Value);
    }

    [Theory]
    [InlineData("safetensors", "-Loss MeanSquaredError", "m.safetensors says CrossEntropy, and -Loss MeanSquaredError goes before it")]
    [InlineData("safetensors", "-ClassName c, b, a", "m.safetensors says a, b, c, and -ClassName c, b, a goes before it")]
    [InlineData("npz", "-Activation Tanh", "m.npz says relu, relu, and -Activation Tanh goes before it")]
    [InlineData("onnx", "-Activation ReLU, Sigmoid", "m.onnx says ReLU, ReLU, and -Activation ReLU, Sigmoid goes before it")]
    [InlineData("onnx", "-Loss CrossEntropy -Activation ReLU, ReLU -ClassName a, b, c", "")]
    [InlineData("safetensors", "-Loss CrossEntropy -Activation ReLU -ClassName a, b, c", "")]
    public void What_overrules_a_model_file_is_told(string format, string options, string warning)
    {
        PSObject[] warnings = _session.Run($$"""
            $rows = 1..30 | ForEach-Object { [pscustomobject]@{ x = $_; label = 'abc'[$_ % 3] } }
            New-MlpModel 5, 4 -Dataset ($rows | ConvertTo-MlpDataset -Label label) | Export-MlpModel -Path m.{{format}}
            $null = Import-MlpModel m.{{format}} {{options}} -WarningVariable warnings -WarningAction Ignore
            $warnings | ForEach-Object { "$_" }
            """);
        Assert.Equal(warning.Length > 0 ? 1 : 0, warnings.Length);
        Assert.Contains(warning, string.Concat(warnings.Select(text => text.ToString())));
    }

    [Fact]
    public void Samples_that_do_not_fit_are_errors_of_their_own()
    {
        Session.Result result =
            _session.Try("(1, 2, 3), (1, 2), 'text', (, 4), (4, 5, 6) | Get-MlpPrediction (New-MlpModel -InputSize 3 -OutputSize 2)");
        Assert.Equal(2, result.Output.Length);
        Assert.Equal(
            ["FeatureCountMismatch", "NotASample", "FeatureCountMismatch"],
            result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Fact]
    public void Gradients_and_their_check()
    {
        PSObject[] gradients = _session.Run(Setup + "Get-MlpGradient -Model $model -Dataset $data");
        Assert.Equal(["dW1", "db1", "dW2", "db2", "dW3", "db3"], gradients.Select(gradient => gradient.Properties["Name"].Value));
        Assert.Contains("DenseMatrix 64x128-Single", gradients[2].Properties["Value"].Value.ToString());
        Assert.All(
            _session.Run(Setup + "Test-MlpGradient $model $data -MaxChecks 20"),
            check => Assert.Equal(true, check.Properties["Passed"].Value));
    }

    [Fact]
    public void Measures_add_up()
    {
        Assert.Equal("100 True", _session.Run1<string>(Setup + """
            $m = Measure-MlpModel $model $data
            $support = 0
            foreach ($class in $m.Classes) { $support += $class.Support }
            $right = @($data | Get-MlpPrediction $model | Where-Object IsCorrect).Count
            '{0} {1}' -f $support, ([Math]::Abs($right / 100 - $m.Accuracy) -lt 1e-9)
            """));
    }

    [Fact]
    public void Models_are_written_safely_and_read_back()
    {
        const string Export = Setup + "Export-MlpModel $model m.safetensors";
        Assert.Empty(_session.Run(Export + " -WhatIf"));
        Assert.Empty(Directory.GetFiles(_session.Folder));
        Assert.Empty(_session.Run(Export));
        AssertFails("FileExists", Export);
        Assert.Equal("m.safetensors", _session.Run1<string>(Export + " -Force -PassThru").Split('/', '\\')[^1]);
        Assert.Equal("784-128-64-10", _session.Run1<string>("(Import-MlpModel m.*).Architecture"));
        Assert.Single(Directory.GetFiles(_session.Folder));
        AssertFails("FileNotFound", "Import-MlpModel none.safetensors", ErrorCategory.ObjectNotFound);
        File.WriteAllText(Path.Combine(_session.Folder, "broken.safetensors"), "this is not a model");
        AssertFails("InvalidSafetensors", "Import-MlpModel broken.safetensors", ErrorCategory.InvalidData, "broken.safetensors");
    }

    [Fact]
    public void Formats_are_told_by_names_and_by_the_parameter()
    {
        _session.Run(Setup + """
            'onnx', 'npz', 'cs', 'safetensors' | ForEach-Object { Export-MlpModel $model "m.$_" }
            Export-MlpModel $model torch.bin -Format pytorch -Precision half
            """);
        Assert.Equal(
            ["Npz", "Onnx", "Safetensors", "PyTorch"],
            _session.Run("Get-MlpModelInfo m.npz, m.onnx, m.safetensors | ForEach-Object { \"$($_.Format)\" }; \"$((Get-MlpModelInfo "
                + "torch.bin -Format Safetensors).Format)\"")
                .Select(value => (string)value.BaseObject));
        Assert.Equal("784-128-64-10", _session.Run1<string>("(Import-MlpModel torch.bin -Format PyTorch).Architecture"));
        AssertFails("UnknownFormat", "Import-MlpModel torch.bin");
        AssertFails("FormatNotRead", "Import-MlpModel m.cs");
        Session.Result several = _session.Try("Get-MlpModelInfo m.*");
        Assert.Equal(
            (3, "FormatNotRead,MlpPowerShell.Commands.GetMlpModelInfoCommand"),
            (several.Output.Length, Assert.Single(several.Errors).FullyQualifiedErrorId));
        AssertFails("PrecisionUnsupported", Setup + "Export-MlpModel $model n.npz -Precision Int8");
        Assert.Equal(
            "MeanSquaredError Numbers 9",
            _session.Run1<string>("""
                $m = Import-MlpModel m.npz -Loss MeanSquaredError
                "$($m.Loss) $($m.Output.Kind) $($m.ClassNames[9])"
                """));
    }

    [Fact]
    public void A_file_without_names_takes_them_from_the_parameter()
    {
        _session.Run("Export-MlpModel (New-MlpModel 4 -InputSize 2 -OutputSize 3 -Seed 1) plain.npz");
        foreach ((string names, string type) in new[] { ("no, maybe, yes", "String"), ("3, 5, 8", "Int32") })
        {
            Assert.Equal(type, _session.Run1<string>($"""
                $model = Import-MlpModel plain.npz -ClassName {names}
                (, (1, 2) | Get-MlpPrediction $model).Prediction.GetType().Name
                """));
        }

        // From then on classes meet by these names, whatever their order is in the data.
        Assert.Equal("True", _session.Run1<string>("""
            $model = Import-MlpModel plain.npz -ClassName no, maybe, yes
            $data = New-MlpDataset ((1, 2), (-3, 4), (5, -6)) 'yes', 'no', 'maybe'
            $right = @($data | Get-MlpPrediction $model).Where({ $_.Prediction -eq $_.Label }).Count
            [Math]::Abs((Measure-MlpModel $model $data).Accuracy - $right / 3) -lt 1e-9 -and "$($model.ClassNames)" -eq 'no maybe yes'
            """));
        AssertFails("WeightLayoutMismatch", "Import-MlpModel plain.npz -WeightLayout InOut");
        AssertFails("ClassCountMismatch", "Import-MlpModel plain.npz -ClassName no, yes");
        AssertFails("DuplicateClass", "Import-MlpModel plain.npz -ClassName no, yes, no");
    }

    [Fact]
    public void What_fewer_bits_cost_is_told()
    {
        PSObject comparison = Assert.Single(_session.Run(Setup + "Export-MlpModel $model small.onnx -Precision Int8 -TestData $data"));
        Assert.Equal(100, comparison.Properties["Samples"].Value);
        Assert.True(new FileInfo(Path.Combine(_session.Folder, "small.onnx")).Length < 150_000);
    }

    [Fact]
    public void A_model_is_pruned_and_stays_as_it_was()
    {
        Assert.Equal("True False", _session.Run1<string>(Setup + """
            $pruned = $model | Compress-MlpModel -Sparsity 0.5
            "$($pruned, $model | ForEach-Object { $_.Layers[0].Weights.ToColumnMajorArray() -contains 0 })"
            """));
        AssertFails("InvalidSparsity", Setup + "Compress-MlpModel $model 1.5");
    }
}
