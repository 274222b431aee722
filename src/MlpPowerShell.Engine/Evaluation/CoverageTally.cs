namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Counts up how often sets and intervals of a confidence hold what is true, and how large they are.</summary>
/// <param name="limits">What is within the confidence.</param>
internal sealed class CoverageTally(ConformalLimits limits)
{
    private double _weight;
    private double _held;
    private double _size;

    /// <summary>What is within the confidence.</summary>
    public ConformalLimits Limits => limits;

    /// <summary>The share that holds what is true; null where none counted.</summary>
    public double? Coverage => _weight > 0 ? _held / _weight : null;

    /// <summary>How large they are on average; null where none counted.</summary>
    public double? MeanSize => _weight > 0 ? _size / _weight : null;

    /// <summary>Takes a set or an interval into account.</summary>
    /// <param name="isHeld">Whether it holds what is true.</param>
    /// <param name="size">The classes or labels of a set, or how wide an interval is.</param>
    /// <param name="weight">What the sample counts.</param>
    public void Add(bool isHeld, double size, double weight)
    {
        _weight += weight;
        _held += isHeld ? weight : 0;
        _size += weight * size;
    }

    /// <summary>The evaluation with what it comes to.</summary>
    public MlpEvaluation AddTo(MlpEvaluation evaluation) => evaluation with
    {
        Confidence = limits.Confidence,
        Coverage = Coverage,
        MeanSize = MeanSize,
    };
}
