using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>The examples, run as they are shipped.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Activation()
    {
        string[] lines = [.. Example("1-Activation").Select(line => line.ToString()!)];
        Assert.Contains("ReLU(x)    : 0 0 0 0 0 0 1 2 3 4", lines);
        Assert.Contains("ReLU'(x)   : 0 0 0 0 0 0 1 1 1 1", lines);
        Assert.Contains("Softmax of 1000, 1001, 1002: 0.0900 0.2447 0.6652", lines);
    }

    [Fact]
    public void Backward_pass()
    {
        PSObject[] objects = Example("2-BackwardPass");
        Assert.Equal(12, objects.Length);
        Assert.All(objects[6..], check => Assert.Equal(true, check.Properties["Passed"].Value));
    }

    [Fact(Explicit = true)]
    public void Training()
    {
        PSObject[] epochs = [.. Example("3-Training").Where(item => item.Properties["Epoch"] is not null)];
        Assert.Equal(100, epochs.Length);

        // The reference run from other weights of the same distribution ends at 0.8941 and 0.3764.
        Assert.True((double)epochs[^1].Properties["TestAccuracy"].Value > 0.87);
        Assert.True((double)epochs[^1].Properties["TestLoss"].Value < 0.55);
    }

    [Fact(Explicit = true)]
    public void Improving()
    {
        PSObject[] epochs = [.. Example("4-Improving").Where(item => item.Properties["Epoch"] is not null)];
        Assert.True((double)epochs[^1].Properties["TestAccuracy"].Value >= 0.98);
    }

    [Fact(Explicit = true)]
    public void Regularization()
    {
        PSObject[] epochs = [.. Example("5-Regularization").Where(item => item.Properties["Epoch"] is not null)];
        Assert.Equal(34, epochs.Length);

        // Seeds 1 to 5 end between 0.9862 and 0.9883.
        Assert.True((double)epochs[^1].Properties["TestAccuracy"].Value >= 0.986);
    }

    [Fact(Explicit = true)]
    public void Augmentation()
    {
        // The whole of it takes minutes; one epoch of each part shows that it runs, and learns.
        PSObject[] epochs = [.. Example("6-Augmentation", "-Epochs 1 -FinalEpochs 1").Where(item => item.Properties["Epoch"] is not null)];
        Assert.Equal(["wild", "gentle"], epochs.Select(epoch => epoch.Properties["Run"].Value));
        Assert.True((double)epochs[^1].Properties["TestAccuracy"].Value >= 0.96);
    }

    [Fact(Explicit = true)]
    public void Defaults()
    {
        PSObject[] items = Example("7-Defaults");
        PSObject[] epochs = [.. items.Where(item => item.Properties["Epoch"] is not null)];
        Assert.True((double)epochs[^1].Properties["TestAccuracy"].Value >= 0.97);
        Assert.Contains("What to try next", items[^1].ToString());
    }

    private PSObject[] Example(string name, string arguments = "") =>
        _session.Run("& $a " + arguments, Path.Combine(Session.ExamplesFolder, name + ".ps1"));
}
