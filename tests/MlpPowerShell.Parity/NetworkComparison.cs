using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Parity;

/// <summary>A network that is trained here and there, and whose model ONNX Runtime runs.</summary>
/// <param name="network">The network.</param>
/// <param name="folder">Where its model file goes.</param>
public sealed class NetworkComparison(NetworkCase network, string folder) : ICase
{
    /// <inheritdoc/>
    public object Request(int runs) => network.Request(runs);

    /// <inheritdoc/>
    public IReadOnlyList<string> Differences(Reference reference)
    {
        try
        {
            List<string> differences = reference.Differences(EngineRun.Train(network, out MlpModel model));
            if (OnnxRun.Difference(network, model, Path.Combine(folder, "model.onnx")) is { } difference)
                differences.Add(difference);
            return differences;
        }
        catch (MlpException failure) when (failure.ErrorId == "TrainingDiverged")
        {
            return reference.Overflows ? [] : [failure.Message];
        }
    }

    /// <inheritdoc/>
    public override string ToString() => network.ToString();
}
