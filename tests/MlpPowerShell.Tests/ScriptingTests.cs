using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.Loader;

namespace MlpPowerShell.Tests;

/// <summary>What scripts do with the module's objects, beyond calling its commands.</summary>
public sealed class ScriptingTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("(New-MlpModel 4 -InputSize 2 -OutputSize 2) -is [MlpPowerShell.Engine.Network.MlpModel]")]
    [InlineData("(New-MlpModel 4 -InputSize 2 -OutputSize 2) -is [MlpModel]")]
    [InlineData("& { param([MlpDataset[]] $sets) $sets.Count -eq 1 } (Import-Mnist -First 2)")]
    [InlineData("try { New-MlpModel 4 -InputSize 0 -OutputSize 2 } catch [MlpException] { $_.Exception.ErrorId -eq 'InvalidInputSize' }")]
    [InlineData("try { 1 / 0 } catch [MlpException] { $false } catch { $true }")]
    [InlineData("[MlpPowerShell.Engine.Optimizers.OptimizerKind]::Adam -eq 'Adam'")]
    [InlineData("class Holder { [MlpModel] $Model }; $h = [Holder]::new(); $h.Model = New-MlpModel 4 -InputSize 2 -OutputSize 2; "
        + "$h.Model.Architecture -eq '2-4-2'")]
    public void Types_can_be_named(string script) => Assert.True(_session.Run1<bool>(script));

    [Fact]
    public void Every_type_that_a_cmdlet_writes_has_a_short_name()
    {
        string[] types = [.. _session.Run("(Get-Command -Module MlpPowerShell).OutputType.Name").Select(name => name.ToString()!)
            .Where(name => name.StartsWith("MlpPowerShell.", StringComparison.Ordinal)).Distinct()];
        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.Equal(type, _session.Run1<string>($"[{type[(type.LastIndexOf('.') + 1)..]}].FullName")));
    }

    [Fact]
    public void A_copy_of_the_module_is_refused_in_one_sentence()
    {
        foreach (string file in Directory.EnumerateFiles(Session.ModuleFolder, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("data", StringComparison.Ordinal)))
        {
            string copy = Path.Combine(_session.Folder, "copy", Path.GetRelativePath(Session.ModuleFolder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        ErrorRecord error = Assert.Single(_session.Try("Import-Module ./copy/MlpPowerShell.psd1").Errors);
        Assert.StartsWith("Another MlpPowerShell is loaded in this session, from ", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("2-4-2", _session.Run1<string>("(New-MlpModel 4 -InputSize 2 -OutputSize 2).Architecture"));
        Assert.Equal(
            "2-4-2",
            _session.Run1<string>(
                "Import-Module $a -Force; (New-MlpModel 4 -InputSize 2 -OutputSize 2).Architecture",
                Path.Combine(Session.ModuleFolder, "MlpPowerShell.psd1")));
    }

    [Fact]
    public void The_module_works_in_constrained_language()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.LanguageMode = PSLanguageMode.ConstrainedLanguage;
        using Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        using var shell = System.Management.Automation.PowerShell.Create(runspace);
        shell.AddScript($"Import-Module '{Session.ModuleFolder}/MlpPowerShell.psd1'; $d = Import-Mnist -First 20; "
            + "$m = New-MlpModel 4 -Dataset $d; (Invoke-MlpTraining $m $d -Epochs 2).Epoch; (Measure-MlpModel $m $d).Samples");
        Assert.Equal([1, 2, 20], shell.Invoke<int>());
        Assert.Empty(shell.Streams.Error);
    }

    [Theory]
    [InlineData("$d[0]", "1")]
    [InlineData("$d[-1]", "5")]
    [InlineData("$d[0..2]", "1 2 3")]
    [InlineData("Select-MlpDataset $d -Index 3, -5", "4 1")]
    [InlineData("Select-MlpDataset $d -Where { $_.x -gt 2 }", "3 4 5")]
    [InlineData("Select-MlpDataset $d -Where { $_.y -eq 'a' -and $_.x -ne $five } -Skip 1", "3")]
    [InlineData("Select-MlpDataset $d -Label b -Where { $_.x -gt 2 } -First 1", "4")]
    [InlineData("Select-MlpDataset $d -Where { ('aa', 'b' | Where-Object { $_.Length -gt 1 }) -and $PSItem.X -gt 4 }", "5")]
    [InlineData("Select-MlpDataset $d -Where { switch ($_.y) { a { $_.Length -eq 1 } default { $false } } } -First 1", "1")]
    [InlineData("Select-MlpDataset $d -Where { try { throw 'no' } catch { $_.Exception.Message -eq 'no' } } -First 1", "1")]
    [InlineData("Select-MlpDataset $d -Where { $_.psobject.Properties['x'].Value -gt 3 -and $_.y.Length -eq 1 } -First 1", "4")]
    public void Samples_are_taken_by_place_and_by_what_they_are(string script, string expected) => Assert.Equal(
        expected,
        _session.Run1<string>(
            "$five = 5; $d = 1..5 | ForEach-Object { [pscustomobject]@{ x = $_; y = ('a', 'b')[($_ - 1) % 2] } } | ConvertTo-MlpDataset y; "
            + $"\"$(({script} | ConvertFrom-MlpDataset).ForEach('x'))\""));

    [Theory]
    [InlineData("$d[5]", "There is no sample 5: ")]
    [InlineData("Select-MlpDataset $d -Index -6", "There is no sample -6: ")]
    [InlineData("Select-MlpDataset $d -Where { throw 'mine' }", "mine")]
    [InlineData(
        "Select-MlpDataset $d -Where { $false -and $_.lable -ne 'x' }",
        "-Where reads $_.lable, and there is no such column (did you mean label?); there are x, label.")]
    [InlineData("Select-MlpDataset $d -Where { switch ($PSItem.z) { 1 { $true } } }", "-Where reads $_.z, and there is no such column;")]
    public void Places_that_are_none_are_refused(string script, string part) => Assert.Contains(
        part,
        Assert.Single(_session.Try(
            $"$d = 1..5 | ForEach-Object {{ [pscustomobject]@{{ x = $_; label = $_ }} }} | ConvertTo-MlpDataset label; {script}").Errors)
            .ToString());

    [Fact]
    public void Results_are_exported_without_names_of_types()
    {
        PSObject[] rows = _session.Run("""
            $d = 1..9 | ForEach-Object { [pscustomobject]@{ x = $_; z = ('p', 'q', 'r')[$_ % 3]; y = ('a', 'b')[$_ % 2] } } |
                ConvertTo-MlpDataset y
            $model = New-MlpModel 4, 3 -Dataset $d -Seed 1
            $epochs = Invoke-MlpTraining $model $d -Epochs 2
            Export-MlpModel $model m.safetensors
            $model
            $d
            $epochs
            $d | Get-MlpPrediction $model
            Measure-MlpModel $model $d
            Compare-MlpModel $model $model $d
            Get-MlpColumn $d
            Get-MlpModelInfo m.safetensors
            Get-MlpSchedule -Epochs 2 -LearningRate 1
            Get-MlpRank
            """);
        foreach (PSObject row in rows)
        {
            // As Export-Csv has it.
            foreach (PSPropertyInfo property in row.Properties.Where(property => property.Name is not ("ConfusionMatrix" or "Value")))
            {
                string text = $"{property.Value}";
                Assert.False(
                    text.StartsWith("System.", StringComparison.Ordinal) || text.Contains("MlpPowerShell.Engine"),
                    $"{row} {property.Name}: {text}");
            }
        }
    }

    [Fact]
    public void A_copy_of_a_model_goes_its_own_way() => Assert.Equal("0 2 True False", _session.Run1<string>("""
        $d = Import-Mnist -First 50
        $model = New-MlpModel 4 -Dataset $d -Seed 1
        $copy = Copy-MlpModel $model
        $same = $copy.Layers[0].Weights.Equals($model.Layers[0].Weights)
        $null = Invoke-MlpTraining $copy $d -Epochs 2
        "$($model.EpochsTrained) $($copy.EpochsTrained) $same $($copy.Layers[0].Weights.Equals($model.Layers[0].Weights))"
        """));

    [Fact]
    public void Predictions_are_added_to_the_objects_themselves()
    {
        _session.Run("""
            $rows = 1..6 |
                ForEach-Object { [pscustomobject]@{ PSTypeName = 'My.Row'; x = $_; Confidence = 'mine'; y = ('a', 'b')[$_ % 2] } }
            $global:rows = $rows
            $global:model = New-MlpModel 4 -Dataset ($rows | ConvertTo-MlpDataset y) -Seed 1
            """);
        PSObject[] answers =
            _session.Run("$rows | Get-MlpPrediction $model -PassThru -Prefix One | Get-MlpPrediction $model -PassThru -Prefix Two");
        Assert.Equal(6, answers.Length);
        Assert.Equal("My.Row", answers[0].TypeNames[0]);
        Assert.Equal(
            ["x", "Confidence", "y", "OnePrediction", "OneConfidence", "TwoPrediction", "TwoConfidence"],
            answers[0].Properties.Select(property => property.Name));
        Assert.Equal("mine", answers[0].Properties["Confidence"].Value);

        // The user's own stay as they are, and no property is replaced.
        Assert.Equal("x Confidence y", _session.Run1<string>("\"$($rows[0].psobject.Properties.Name)\""));
        Session.Result refused = _session.Try("$rows | Get-MlpPrediction $model -PassThru");
        Assert.StartsWith("PropertyExists,", Assert.Single(refused.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("5 more failed for the same reason: ", Assert.Single(refused.Warnings), StringComparison.Ordinal);
        Assert.Contains("-Prefix", Assert.Single(_session.Try("$rows | Get-MlpPrediction $model -Prefix One").Warnings));

        // Nor is what another model has added.
        Session.Result twice =
            _session.Try("$rows | Get-MlpPrediction $model -PassThru -Prefix One | Get-MlpPrediction $model -PassThru -Prefix One");
        Assert.Empty(twice.Output);
        Assert.StartsWith(
            "The object has a property OnePrediction already", Assert.Single(twice.Errors).Exception.Message, StringComparison.Ordinal);

        Assert.Equal("mine a", _session.Run1<string>(
            "$h = @{ x = 2; y = 'a'; Confidence = 'mine' } | Get-MlpPrediction $model -PassThru -Prefix P; \"$($h.Confidence) $($h.y)\""));
    }

    [Fact]
    public void A_file_that_is_looked_at_stays_a_file() => Assert.Equal("True True FileInfo", _session.Run1<string>("""
        $digits = Import-Mnist -Split Test -First 20
        $model = New-MlpModel 4 -Dataset $digits -Seed 1
        $digits[0] | Export-MlpChart one.png -Title ''
        $file = [IO.FileInfo]::new("$PWD/one.png")
        $first = $file | Get-MlpPrediction $model -PassThru
        $second = $file | Get-MlpPrediction (New-MlpModel 4 -Dataset $digits -Seed 5) -PassThru
        $isSame = [object]::ReferenceEquals($first.psobject.BaseObject, $file)
        "$isSame $($second.Confidence -eq $file.Confidence) $($second.GetType().Name)"
        """));

    [Fact]
    public void Models_are_exported_from_the_pipeline_each_to_a_file_of_its_own()
    {
        _session.Run("$global:small, $global:large = 2, 3 | ForEach-Object { New-MlpModel $_ -InputSize 2 -OutputSize 2 }");
        Assert.Equal(
            "a.npz b.npz c.npz d.npz 2-2-2.npz 2-3-2.npz",
            _session.Run1<string>("""
                $files = & {
                    $small | Export-MlpModel a.npz -PassThru
                    Export-MlpModel $small b.npz -PassThru
                    Export-MlpModel c.npz -Model $small -PassThru
                    $small | Export-MlpModel -LiteralPath d.npz -PassThru
                    $small, $large | Export-MlpModel -Path { "$($_.Architecture).npz" } -PassThru
                }
                "$($files.Name)"
                """));
        Session.Result second = _session.Try("$small, $large | Export-MlpModel e.npz -Force; (Import-MlpModel e.npz).Architecture");
        Assert.StartsWith("WrittenAlready,", Assert.Single(second.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("2-2-2", Assert.Single(second.Output).ToString());
    }

    [Fact]
    public void Names_with_brackets_are_the_same_written_and_read()
    {
        Assert.Equal("b[1].npz", _session.Run1<string>("$global:net = New-MlpModel 2 -InputSize 2 -OutputSize 2; "
            + "(Export-MlpModel $net 'b[1].npz' -PassThru).Name"));

        // As completion writes it.
        _session.Run("Export-MlpModel $net './b`[1`].npz' -Force");
        Assert.Equal(["b[1].npz"], Directory.GetFiles(_session.Folder).Select(Path.GetFileName));
        foreach (string path in new[] { "'b`[1`].npz'", "'b[1].npz'", "-LiteralPath 'b[1].npz'", "b*" })
            Assert.Equal("2-2-2", _session.Run1<string>($"(Import-MlpModel {path}).Architecture"));

        // What is meant as a wildcard stays one.
        _session.Run("Export-MlpModel $net b1.npz");
        Assert.Equal("b1.npz", _session.Run1<string>("[IO.Path]::GetFileName((Get-MlpModelInfo 'b[1].npz').Path)"));
    }

    [Fact]
    public void Mnist_is_imported_from_wherever_one_is() => Assert.Equal(
        2, _session.Run1<int>("$path = $ExecutionContext.SessionState.Path; $null = $path.SetLocation('Env:'); "
        + "$count = (Import-Mnist -First 2).Count; $null = $path.SetLocation('/'); $count"));

    [Fact]
    public void A_pipe_is_not_replaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes of Windows are no files.");
        _session.Run("& mkfifo ./pipe.onnx");
        ErrorRecord error =
            Assert.Single(_session.Try("New-MlpModel 2 -InputSize 2 -OutputSize 2 | Export-MlpModel pipe.onnx -Force").Errors);
        Assert.StartsWith("NotAFile,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void The_loader_leaves_nothing_of_the_engine_to_the_session() => Assert.DoesNotContain(
        AssemblyLoadContext.Default.Assemblies, assembly => assembly.GetName().Name is "MlpPowerShell.Engine" or "MathNet.Numerics");
}
