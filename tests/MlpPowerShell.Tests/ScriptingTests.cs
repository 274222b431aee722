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

    [Fact]
    public void The_loader_leaves_nothing_of_the_engine_to_the_session() => Assert.DoesNotContain(
        AssemblyLoadContext.Default.Assemblies, assembly => assembly.GetName().Name is "MlpPowerShell.Engine" or "MathNet.Numerics");
}
