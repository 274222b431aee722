namespace MlpPowerShell.Engine.Network;

/// <summary>
/// How a network's inputs stand in its working buffers: first the dense ones, then those of which a sample has at most one in each column.
/// </summary>
/// <param name="DenseCount">Dense inputs.</param>
/// <param name="OneHotCount">One-hot inputs of all columns; they are 1 or 0, and only those that are 1 are looked at.</param>
/// <param name="CodeCount">One-hot columns.</param>
/// <param name="Order">For each input as the working buffers have it, the input as the model has it; null where both are the same.</param>
internal sealed record InputPlan(int DenseCount, int OneHotCount, int CodeCount, int[]? Order)
{
    /// <summary>The model's input that has a place in the working buffers.</summary>
    public int ModelInput(int place) => Order is null ? place : Order[place];
}
