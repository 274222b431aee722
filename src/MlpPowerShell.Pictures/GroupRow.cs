using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Pictures;

/// <summary>What is measured on one group of several, to be shown as a row and not as a card.</summary>
/// <param name="Evaluation">The figures.</param>
public sealed record GroupRow(MlpEvaluation Evaluation);
