using MlpPowerShell.Parity;

namespace MlpPowerShell.Engine.Tests;

/// <summary>
/// Random networks beside what PyTorch made of them in float64, which tests/MlpPowerShell.Parity keeps, and makes anew of others.
/// </summary>
public class ParityTests
{
    private static readonly KeptReferences _kept = KeptReferences.Read(TestData.Reference("networks.json"));

    public static TheoryData<int> Networks => [.. Enumerable.Range(0, _kept.References.Length)];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Losses_norms_and_weights_are_PyTorchs(int index)
    {
        NetworkCase network = _kept.Network(index);
        Assert.True(_kept.IsOf(index), "The networks are drawn otherwise by now: make their references anew, as Program.cs says.");
        Assert.Empty(_kept.References[index].Differences(EngineRun.Train(network, out _)));
    }

    [Fact]
    public void A_wrong_option_would_be_noticed()
    {
        // Each network with a learning rate that is off by a thousandth; of a few, the first steps are too short to show it.
        int noticed = Enumerable.Range(0, _kept.References.Length).Count(index =>
        {
            NetworkCase network = _kept.Network(index);
            NetworkCase off = network with { Options = network.Options with { LearningRate = network.Options.LearningRate * 1.001 } };
            Dictionary<string, double[]> figures = EngineRun.Train(off, out _);
            return _kept.References[index].Differences(figures).Any(line => line.StartsWith("layers.", StringComparison.Ordinal));
        });
        Assert.InRange(noticed, _kept.References.Length * 9 / 10, _kept.References.Length);
    }
}
