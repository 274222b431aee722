using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>Every command that may take long, at work on something large, and stopped as Ctrl+C would.</summary>
public sealed class StopTests : IDisposable
{
    // Layers that take a sample some milliseconds, and more samples than a test would wait for.
    private const string Large = """
        $data = Import-Mnist
        $model = New-MlpModel 6000, 6000 -Dataset $data -Seed 1
        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Measure-MlpModel $model $data")]
    [InlineData("Compare-MlpModel $model $model $data")]
    [InlineData("Get-MlpPrediction $model $data | Select-Object -Last 1")]
    [InlineData("Get-MlpGradient $model $data")]
    [InlineData("Test-MlpGradient $model $data")]
    [InlineData("Test-MlpGradient $model (Import-Mnist -First 200) -MaxChecks 100000")]
    [InlineData("Export-MlpModel $model x.safetensors -Precision Int8 -TestData $data -PassThru")]
    [InlineData("Export-MlpReport $model x.html -TestData $data -PassThru")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 10")]
    [InlineData("Invoke-MlpTraining $model $data -FullBatch -Optimizer LBFGS -Epochs 10")]
    public async Task A_command_at_work_stops_before_it_is_done(string command)
    {
        _session.Run(Large.Replace("$data", "$global:data").Replace("$model", "$global:model"));
        using var shell = _session.Create($"'begins'; {command}");
        var output = new PSDataCollection<PSObject>();
        Task<PSDataCollection<PSObject>> work = shell.InvokeAsync<PSObject, PSObject>(null, output);
        while (output.Count == 0)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.False(work.IsCompleted, string.Join(' ', shell.Streams.Error));
        shell.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => work);
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Equal("begins", Assert.Single(output).BaseObject);
        Assert.Empty(shell.Streams.Error);
    }
}
