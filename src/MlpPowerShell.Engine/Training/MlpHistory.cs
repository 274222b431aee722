using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>The history of models.</summary>
public static class MlpHistory
{
    extension(MlpModel model)
    {
        /// <summary>The epochs of every training of the model in this process, oldest first.</summary>
        public IReadOnlyList<MlpEpoch> History => TrainingMemory.Of(model).History;
    }
}
