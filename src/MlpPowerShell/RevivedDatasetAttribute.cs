using System.Management.Automation;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell;

/// <summary>Takes what came back of a data set from a job or a file for the data set, and leaves everything else as it is.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RevivedDatasetAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is not null && ObjectReader.IsLeft(typeof(MlpDataset), inputData)
            ? ObjectReader.Read(typeof(MlpDataset), inputData)
            : inputData!;
}
