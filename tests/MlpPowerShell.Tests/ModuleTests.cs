using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MlpPowerShell.Tests;

public sealed class ModuleTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void The_manifest_exports_every_cmdlet_of_the_assembly_and_nothing_else()
    {
        string[] exported = [.. _session.Run("(Get-Module MlpPowerShell).ExportedCommands.Keys").Select(name => name.ToString()!).Order()];
        string[] declared = [.. AssemblyLoadContext.Default.Assemblies.Single(assembly => assembly.GetName().Name == "MlpPowerShell")
            .GetTypes()
            .SelectMany(type => type.GetCustomAttributes(typeof(CmdletAttribute), false).Cast<CmdletAttribute>())
            .Select(cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}").Order()];
        Assert.Equal(declared, exported);
        Assert.Equal("MlpPowerShell", _session.Run1<string>("(Get-Command New-MlpModel).Module.Name"));
    }

    [Fact]
    public void There_is_one_version_number()
    {
        string version = XDocument.Load(Path.Combine(Session.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        string released = File.ReadLines(Path.Combine(Session.Root, "CHANGELOG.md")).First(line => Regex.IsMatch(line, @"^## \d"))[3..];
        Assert.Equal(version, released);
        foreach (string manifest in Directory.GetFiles(Path.Combine(Session.Root, "module"), "*.psd1"))
            Assert.Matches($@"ModuleVersion\s*= '{Regex.Escape(version)}'", File.ReadAllText(manifest));
        foreach (string assembly in Directory.GetFiles(Session.ModuleFolder, "MlpPowerShell*.dll", SearchOption.AllDirectories))
            Assert.Equal(version, AssemblyName.GetAssemblyName(assembly).Version!.ToString(3));
    }

    [Fact]
    public void Engine_and_libraries_load_apart_from_the_session()
    {
        File.WriteAllText(Path.Combine(_session.Folder, "a.csv"), "x,y\n1,a\n2,b\n");
        _session.Run(
            "$d = Import-MlpDataset a.csv y; "
            + "Invoke-MlpTraining (New-MlpModel -Dataset $d) $d -Epochs 1 -LearningRate 1 -Optimizer Sgd -FullBatch");
        File.WriteAllBytes(
            Path.Combine(_session.Folder, "a.png"),
            Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGPgOsEQJQcABCoBS87LZrEAAAAASUVORK5CYII="));
        _session.Run("Get-MlpPrediction (New-MlpModel -Dataset (Import-Mnist -Split Test -First 10)) -Path a.png");
        _session.Run("Import-Mnist -First 1 | Export-MlpChart one.svg; Get-MlpSchedule -Epochs 2 -LearningRate 1 | Export-MlpChart "
            + "rate.svg");
        AssemblyLoadContext apart = Assert.Single(AssemblyLoadContext.All, context => context.Name == "MlpPowerShell");

        // Other tests of this process may have loaded more.
        string[] expected =
        [
            "MathNet.Numerics",
            "MlpPowerShell.Engine",
            "MlpPowerShell.Pictures",
            "OxyPlot",
            "StbImageSharp",
            "Sylvan.Data.Csv",
            "System.IO.Hashing",
        ];
        string[] names = [.. apart.Assemblies.Select(assembly => assembly.GetName().Name!)];
        Assert.Subset(names.ToHashSet(), expected.ToHashSet());
        Assert.All(names, name => Assert.True(File.Exists(Path.Combine(Session.ModuleFolder, "lib", name + ".dll")), name));
        Assert.DoesNotContain(AssemblyLoadContext.Default.Assemblies, assembly => expected.Contains(assembly.GetName().Name));
    }

    [Fact]
    public void Every_public_type_that_a_cmdlet_writes_has_a_view()
    {
        string format = File.ReadAllText(Path.Combine(Session.ModuleFolder, "MlpPowerShell.format.ps1xml"));
        PSObject[] types = _session.Run("(Get-Command -Module MlpPowerShell).OutputType.Name");
        foreach (string type in types.Select(type => type.ToString()!)
            .Where(type => type.StartsWith("MlpPowerShell.", StringComparison.Ordinal)))
        {
            Assert.Contains($"<TypeName>{type}</TypeName>", format);
        }
    }

    [Fact]
    public void Every_parameter_that_names_something_completes_with_Tab()
    {
        AssertCompletes("New-MlpModel -Activation ", "ReLU", "Softplus");
        AssertCompletes("New-MlpModel -Initializer ", "LeCun", "HeUniform");
        AssertCompletes("New-MlpModel -Loss ", "BinaryCrossEntropy", "Huber", "Quantile", "Poisson", "BinaryFocal", "Ordinal");
        AssertCompletes("Invoke-MlpTraining -Random", "-RandomShift", "-RandomRotation");
        AssertCompletes("Invoke-MlpTraining -Optimizer ", "Sgd", "Adam");
        AssertCompletes("Invoke-MlpTraining -Schedule ", "Cosine", "OneCycle");
        AssertCompletes("Invoke-MlpTraining -Monitor ", "ValidationAccuracy");
        AssertCompletes("Invoke-MlpTraining -ClassWeight b", "Balanced");
        AssertCompletes("Import-MlpModel -WeightLayout ", "OutIn", "InOut");
        AssertCompletes("Import-Mnist -Split ", "Train", "Test");
        AssertCompletes("ConvertTo-MlpDataset -Task ", "Regression", "MultiLabel");
        AssertCompletes("New-MlpModel -Scaling ", "Standard", "MinMax", "Robust", "Log", "Quantile");
        AssertCompletes("New-MlpModel -Missing ", "Median", "Drop", "Indicator");
        AssertCompletes("New-MlpModel -MissingLabel ", "Refuse", "Drop");
        AssertCompletes("New-MlpModel -UnknownCategory ", "Ignore", "Other", "Error");
        AssertCompletes("Save-Mnist ", "FashionMnist", "Kmnist");
        AssertCompletes("Invoke-MlpActivation ", "ReLU", "Softmax");
        AssertCompletes("Show-MlpWeight -Color ", "TrueColor", "None");
        AssertCompletes("Invoke-MlpTraining -", "-Epochs", "-LearningRate");

        // Variables by what they hold, classes and columns as far as they are known.
        _session.Run("$global:set = Import-Mnist -First 1; $global:net = New-MlpModel -Dataset $set; $global:rows = "
            + "[pscustomobject]@{ 'a b' = 1; c = 2 }, 1");
        AssertCompletes("Measure-MlpModel ", "$net");
        AssertCompletes("Measure-MlpModel $net ", "$set");
        AssertCompletes("$set | Select-MlpDataset -Label ", "0", "9");
        AssertCompletes("$rows | Where-Object c | ConvertTo-MlpDataset -Label ", "'a b'", "c");
        AssertCompletes("Get-Command | ConvertTo-MlpDataset -Feature Par", "ParameterSets");
        File.WriteAllText(Path.Combine(_session.Folder, "t.csv"), "height,width,depth\n1,2,3\n");
        AssertCompletes("Import-MlpDataset t.csv -Label ", "height", "width");
        AssertCompletes("Import-Csv t.csv | ConvertTo-MlpDataset -Label w", "width");
        AssertCompletes("Import-MlpDataset t.csv -Aside ", "height", "width");
        _session.Run("$global:table = Import-MlpDataset t.csv width -Aside height");
        AssertCompletes("$table | Split-MlpDataset -Group ", "height", "width");
        AssertCompletes("Split-MlpDataset $table -Time h", "height");
        AssertCompletes("Split-MlpDataset ", "$set", "$table");
        AssertCompletes("Get-MlpColumn ", "$set", "$table");
        AssertCompletes("Copy-MlpModel ", "$net");
        AssertCompletes("Import-MlpDataset t.csv -Like ", "$net", "$set", "$table");
        AssertCompletes("New-MlpModel '128 re", "'128 ReLU'", "'128 ReLU6'");
        AssertCompletes("New-MlpModel '128 relu, 64 t", "'128 relu, 64 Tanh'");
        AssertCompletes("Get-MlpColumn $table -Name ", "height", "width");
        AssertCompletes("$table | Get-MlpColumn ", "height", "width");

        void AssertCompletes(string line, params string[] expected)
        {
            string[] completions = [.. _session.Run("(TabExpansion2 $a $a.Length).CompletionMatches.CompletionText", line)
                .Select(text => text.ToString()!)];
            Assert.Subset(completions.ToHashSet(), expected.ToHashSet());
        }
    }

    [Fact]
    public void Completed_values_are_explained()
    {
        string[] words = [.. _session.Run("(TabExpansion2 'Invoke-MlpTraining -Optimizer ad' 32).CompletionMatches | ForEach-Object { "
            + "\"$($_.ListItemText): $($_.ToolTip)\" }")
            .Select(text => text.ToString()!)];
        Assert.Contains("Adam: Adam (Kingma and Ba, 2015, algorithm 1).", words);
        Assert.Equal(3, words.Length);
    }

    [Theory]
    [InlineData("128, 64", "784-128-64-10", "ReLU, ReLU, Softmax")]
    [InlineData("'128, 64'", "784-128-64-10", "ReLU, ReLU, Softmax")]
    [InlineData("'128 64'", "784-128-64-10", "ReLU, ReLU, Softmax")]
    [InlineData("'128 relu, 64 sigmoid'", "784-128-64-10", "ReLU, Sigmoid, Softmax")]
    [InlineData("'128 TANH', 64", "784-128-64-10", "Tanh, ReLU, Softmax")]
    [InlineData("'128 tanh', 64 -Activation elu", "784-128-64-10", "Tanh, ELU, Softmax")]
    [InlineData("8 -Activation softp", "784-8-10", "Softplus, Softmax")]
    [InlineData("8, 4 -Activation 'LeakyReLU(0.2), mish'", "784-8-4-10", "LeakyReLU(0.2), Mish, Softmax")]
    [InlineData("'8 ELU(0.5), 4 selu'", "784-8-4-10", "ELU(0.5), SELU, Softmax")]
    [InlineData("'8 gel; 4'", "784-8-4-10", "GELU, ReLU, Softmax")]
    public void Layers_can_be_written_in_one_text(string layers, string architecture, string activations) => Assert.Equal(
        $"{architecture} {activations}",
        _session.Run1<string>($"$m = New-MlpModel {layers} -InputSize 784 -OutputSize 10; \"$($m.Architecture) $($m.Activations)\""));

    [Theory]
    [InlineData("New-MlpModel '8 nonsense' -InputSize 2 -OutputSize 2", "'nonsense' is none of")]
    [InlineData("New-MlpModel 'many' -InputSize 2 -OutputSize 2", "'many' is no whole number. Hidden layers are written as")]
    [InlineData("New-MlpModel 8 -Activation s -InputSize 2 -OutputSize 2", "'s' is none of")]
    [InlineData("New-MlpModel 8 -Loss '' -InputSize 2 -OutputSize 2; throw 'taken'", "taken")]
    [InlineData("1 | Invoke-MlpActivation nonsense", "Softmax")]
    public void Names_that_are_none_are_refused_with_those_that_are(string script, string part) =>
        Assert.Contains(part, Assert.Single(_session.Try(script).Errors).ToString());

    [Fact]
    public void The_manifest_lists_every_file_but_the_data()
    {
        string[] listed = [.. _session.Run(
            "(& ([scriptblock]::Create([IO.File]::ReadAllText($a)))).FileList", Path.Combine(Session.ModuleFolder, "MlpPowerShell.psd1"))
            .Select(file => file.ToString()!)
            .Order(StringComparer.Ordinal)];
        string[] there = [.. Directory.EnumerateFiles(Session.ModuleFolder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Session.ModuleFolder, file)
                .Replace('\\', '/')).Where(file => !file.StartsWith("data/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(there, listed);
    }

    [Fact]
    public void Every_script_that_ships_says_what_it_needs()
    {
        string[] scripts = Directory.GetFiles(Session.ModuleFolder, "*.ps1", SearchOption.AllDirectories);
        Assert.NotEmpty(scripts);
        foreach (string script in scripts)
        {
            ScriptBlockAst ast = Parser.ParseFile(script, out _, out ParseError[] errors);
            Assert.Empty(errors);
            Assert.Equal("MlpPowerShell", Assert.Single(ast.ScriptRequirements.RequiredModules).Name);
            Assert.Equal(new Version(7, 4), ast.ScriptRequirements.RequiredPSVersion);

            // Whole names, as shared scripts have them: no aliases.
            Assert.DoesNotContain(
                ast.FindAll(node => node is CommandAst, true).Cast<CommandAst>(),
                command => command.GetCommandName() is { } name && !name.Contains('-', StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_manifest_tells_a_gallery_what_it_asks_for()
    {
        PSObject module = Assert.Single(_session.Run("Test-ModuleManifest $a", Path.Combine(Session.ModuleFolder, "MlpPowerShell.psd1")));
        foreach (string property in new[]
        {
            "Author", "CompanyName", "Copyright", "Description", "Guid", "Version", "LicenseUri", "Tags", "PowerShellVersion"
        })
        {
            Assert.False(string.IsNullOrEmpty(module.Properties[property].Value?.ToString()), property);
        }
    }
}
