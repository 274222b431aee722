using System.Diagnostics;

namespace MlpPowerShell.Tests;

/// <summary>The embedded shell as a process: exit codes, and what its tables look like.</summary>
public class ShellTests
{
    [Theory]
    [InlineData(0, "1 | Invoke-MlpActivation ReLU")]
    [InlineData(7, "exit 7")]
    [InlineData(1, "throw 'on purpose'")]
    [InlineData(1, "Import-Mnist nowhere")]
    [InlineData(0, "try { Import-Mnist nowhere } catch { 'caught' }")]
    public void A_command_has_its_exit_code(int expected, string command) =>
        Assert.Equal(expected, Run("-Command", command).ExitCode);

    [Fact]
    public void A_script_gets_its_arguments_and_has_its_exit_code()
    {
        string script = Path.Combine(Directory.CreateTempSubdirectory("mlp-script-").FullName, "script.ps1");
        File.WriteAllText(script, "param([int] $Number, [switch] $Twice, $Word) \"$Number $Twice $Word\"; exit $Number");
        (int exitCode, string output, _) = Run(script, "-Number", "3", "-Twice", "-Word", "yes");
        Assert.Equal((3, "3 True yes"), (exitCode, output.Trim()));
        Directory.Delete(Path.GetDirectoryName(script)!, recursive: true);
    }

    [Fact]
    public void Errors_are_sentences_without_a_stack_trace()
    {
        (_, string output, string error) = Run("-Command", "Import-Mnist nowhere");
        Assert.Contains("There is no folder", output + error);
        Assert.DoesNotContain("   at ", output + error);
        Assert.DoesNotContain("Exception", output + error);
    }

    [Theory]
    [InlineData(80, Explicit = true)]
    [InlineData(200)]
    public void Every_object_has_a_table_or_list_of_its_own(int columns)
    {
        const string Setup = "$d = Import-Mnist -First 50; $t = Import-Mnist -First 50 -Skip 50; "
            + "$m = New-MlpModel 128, 64 -Activation ReLU, Sigmoid -Dataset $d -Seed 1; ";
        (string Command, string[] Parts)[] cases =
        [
            ("$d", ["mnist train", "50", "784", "28×28"]),
            ("$m", ["784 → 128", "Sigmoid", "784-128-64-10", "109,386", "437.5 KB", "not yet"]),
            ("Compare-MlpModel $m $m $d", ["PValue", "95 % confidence"]),
            ("$m.Layers", ["layers.1", "8,256"]),
            (
                "Invoke-MlpTraining $m $d $t -Epochs 2 -LearningRate 0.5 -Optimizer Sgd -FullBatch",
                ["TrainLoss", "TestAcc", " %", "784-128-64-10 Sgd 0.5"]),
            ("Measure-MlpModel $m $d", ["Precision", "true \\ predicted"]),
            ("$d | Get-MlpPrediction $m", ["Confidence", "Label", "49"]),
            ("Get-MlpGradient $m $d", ["dW1", "128 × 784"]),
            ("Test-MlpGradient $m $d -MaxChecks 5", ["MaxRelativeError", "True"]),
            ("(Measure-MlpModel $m $d).Classes", ["Recall", "F1"]),
            (
                "(Invoke-MlpTraining $m $d -Epochs 1 -LearningRate 0.5 -Seed 2 -Optimizer Sgd -FullBatch).Details",
                ["784-128-64-10", "FullBatch True", "xxh3", "vectors"]),
            ("$null = Invoke-MlpTraining $m $d -Epochs 1 -LearningRate 0.5 -OnStep { $_ } -Optimizer Sgd -FullBatch", [""]),
            (
                "Invoke-MlpTraining $m $d -Epochs 1 -LearningRate 0.5 -OnStep { $global:step = $_ } -Optimizer Sgd -FullBatch | "
                    + "ForEach-Object { $step "
                + "}", ["GradientNorm", "50"]),
            ("$r = New-MlpDataset (1, 2, 3) -Target 2, 4, 6; $r", ["Targets  : target", "Range    : 1 to 3"]),
            ("$d | Split-MlpDataset -Folds 2 -Seed 1", ["Fold", "25", "mnist train"]),
            ("1, 2, $null | ForEach-Object { @{ x = $_; y = \"row $_\" } } | ConvertTo-MlpDataset y -Name gaps", ["Missing : x (1)"]),
            ("$global:t = @{ x = 1; c = 'u'; y = 'p' }, @{ x = 2; c = 'v'; y = 'q' } | ConvertTo-MlpDataset y", [""]),
            ("$global:n = New-MlpModel -Dataset $t; $n.Input", ["2 columns", "Features : 3"]),
            ("$n.Input.Columns", ["Categories", "u, v"]),
            ("$n.Output", ["Classes", "p, q", "False"]),
            ("$t | Get-MlpColumn", ["Role", "Label", "Category", "string", "u, v"]),
            ("$r = New-MlpDataset (1, 2, 3) -Target 2, 4, 6; $n = New-MlpModel -Dataset $r; Measure-MlpModel $n "
                + "$r", ["R2", "MeanAbsoluteError"]),
            ("$r = New-MlpDataset (1, 2, 3) -Target (0, 1), (1, 1), (0, 0) -TargetName sun, rain; $n = New-MlpModel -Dataset $r; $r | "
                + "Get-MlpPrediction $n", ["sun, rain"]),
            ("New-MlpModel 8 -BatchNormalization -Dataset $d", ["BatchNorm ReLU"]),
        ];

        // One process for all, each command a pipeline of its own, a line before it.
        string script = Setup + string.Concat(cases.Select((shown, i) => $"'=== {i}' | Out-Host; & {{ {shown.Command} }} | Out-Host; "));
        (int exitCode, string output, string error) = RunWithInput(string.Empty, columns, "-Command", script);
        Assert.Equal((0, string.Empty), (exitCode, error));
        string[] outputs = output.Split("=== ")[1..];
        Assert.Equal(cases.Length, outputs.Length);
        for (int i = 0; i < cases.Length; i++)
            Assert.All(cases[i].Parts, part => Assert.Contains(part, outputs[i]));
        Assert.DoesNotContain("MlpPowerShell.Engine", output);
        Assert.All(output.Split('\n'), line => Assert.True(line.TrimEnd().Length <= columns, line));
        Assert.DoesNotContain('\u001b', output);
    }

    [Fact]
    public void A_wide_terminal_shows_more_of_an_epoch()
    {
        const string Command = "$d = Import-Mnist -First 50; "
            + "Invoke-MlpTraining (New-MlpModel -Dataset $d) $d -Epochs 1 -LearningRate 0.5 -Optimizer Sgd -FullBatch";
        Assert.Contains("GradientNorm", RunWithInput(string.Empty, 200, "-Command", Command).Output);
        Assert.DoesNotContain("GradientNorm", RunWithInput(string.Empty, 80, "-Command", Command).Output);
    }

    [Fact]
    public void The_prompt_reads_statements_of_several_lines_until_exit()
    {
        (int exitCode, string output, _) = RunWithInput("foreach ($i in 1..2) {\n\"line $i\"\n}\nthrow 'x'\nexit 4\n", 80, "-Interactive");
        Assert.Equal(4, exitCode);
        Assert.Contains("line 2", output);
        Assert.Contains("lacks the commands of the Utility and Management modules", output);
    }

    internal static (int ExitCode, string Output, string Error) Run(params string[] arguments) => RunWithInput(string.Empty, 80, arguments);

    /// <summary>Starts the shell in a folder, its streams redirected.</summary>
    internal static Process Start(string? folder, int columns, params string[] arguments) => Start(folder, columns, _ => { }, arguments);

    private static Process Start(string? folder, int columns, Action<ProcessStartInfo> change, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Session.Metadata("Shell"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
            WorkingDirectory = folder ?? string.Empty,
        };
        start.Environment["COLUMNS"] = columns.ToString(System.Globalization.CultureInfo.InvariantCulture);
        change(start);
        return Process.Start(start)!;
    }

    /// <summary>Runs a command in the time zone of a place, and returns the lines that it writes, warnings and errors among them.</summary>
    internal static string[] RunIn(string timeZone, string folder, string command)
    {
        using Process process = Start(folder, 200, start => start.Environment["TZ"] = timeZone, "-Command", command);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output + error.Result).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static (int ExitCode, string Output, string Error) RunWithInput(string input, int columns, params string[] arguments)
    {
        using Process process = Start(null, columns, arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
