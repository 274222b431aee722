namespace MlpPowerShell.Engine.Network;

/// <summary>Who is told, by the workers, what is finished of a gradient while it is in their cache.</summary>
internal sealed class GradientListener
{
    /// <summary>
    /// Called with each of the parts whose gradient is finished. Not called where the loss is not finite, unless somebody is told the
    /// score. The gradient of one-hot inputs is no part of its own.
    /// </summary>
    public Action<ParameterPart>? PartDone { get; init; }

    /// <summary>
    /// Called with stretches of the rows of one-hot inputs, by the place of the first and their number; not called where the loss is not
    /// finite.
    /// </summary>
    public Action<int, int>? RowsDone { get; init; }

    /// <summary>Called on the calling thread with the score once it is known, before the first part is done.</summary>
    public Action<BatchScore>? Scored { get; init; }
}
