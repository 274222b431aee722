using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>
/// Takes the scores of samples that sets and intervals are made from; what they are stands at <see cref="ConformalScores"/>.
/// </summary>
internal static class ConformalFit
{
    /// <summary>The scores.</summary>
    /// <exception cref="MlpException">
    /// The data set does not meet the model, has no sample, or such as count more than others; or the companions are none for the model.
    /// </exception>
    public static ConformalScores Of(
        MlpModel model, MlpDataset dataset, IReadOnlyList<MlpModel> companions, EncodingNotes notes, CancellationToken cancellation)
    {
        if (companions.FirstOrDefault(companion => !ConformalScores.IsCompanion(companion.Output, model.Output, companions.Count))
            is { } other)
        {
            throw new MlpException(
                "NotACompanion",
                MlpErrorKind.Mismatch,
                (companions.Count == 1
                    ? "A spread is predicted by a model of as many numbers, and of no dates"
                    : "Intervals go between models that predict the same numbers in the same order")
                + $": {model} predicts {model.Output}, and {other} {other.Output}.");
        }

        var bands = new ConformalBands(model, companions, notes, cancellation);
        int lists = model.Output.Kind == OutputKind.Numbers ? model.OutputSize : 1;
        List<double>[] scores = [.. Enumerable.Range(0, lists).Select(_ => new List<double>())];
        var predictor = new MlpPredictor(model, notes, cancellation) { Bands = bands };
        predictor.Visit(dataset, VisitorOf);
        return scores[0].Count > 0
            ? ConformalScores.Of([.. scores.Select(list => list.ToArray())]) with
            {
                Companions = [.. companions.Select(companion => companion.With(companion.Output.Uncalibrated))],
            }
            : throw new MlpException(
            "NoSamples", MlpErrorKind.InvalidData, $"The data set {dataset.Name} has no sample that counts.");

        SampleVisitor VisitorOf(MlpDataset part)
        {
            DataColumn[] targets = model.Output.Kind == OutputKind.Numbers ? model.Output.TargetColumnsOf(part)! : [];
            bands.Begin(part);
            var probabilities = new float[model.ClassNames.Count];
            return (samples, sample, outputs, _) =>
            {
                if (!Counts(samples.WeightOf(sample)))
                    return;
                if (model.Output.Kind != OutputKind.Numbers)
                    scores[0].Add(ScoreOf(model.Output, samples, sample, outputs, probabilities));
                bands.Turn(sample);
                for (int j = 0; j < targets.Length; j++)
                    scores[j].Add(bands.Of(j, outputs[j]).ScoreOf(targets[j].NumberAt(sample)));
            };
        }

        bool Counts(float weight) => weight is 0 or 1 ? weight > 0 : throw new MlpException(
            "WeightedScores",
            MlpErrorKind.InvalidData,
            $"The samples of {dataset.Name} have weights such as {weight}. What holds with a confidence is made from samples that count "
            + "alike: give them without weights, or with weights of 0 and 1.");
    }

    /// <summary>The score of a sample of classes or labels; of what the model does not know one beyond all.</summary>
    private static double ScoreOf(OutputHead head, Samples samples, int sample, ReadOnlySpan<float> outputs, float[] probabilities)
    {
        if (head.Kind == OutputKind.Classes)
        {
            OutputScorer.CopyProbabilities(outputs, probabilities);
            return samples.Labels![sample] is >= 0 and var label ? ConformalLimits.ScoreOf(probabilities[label]) : ConformalLimits.Beyond;
        }

        float least = 1;
        for (int j = 0; j < outputs.Length; j++)
            least = samples.HoldsAt(sample, j, outputs.Length) ? Math.Min(least, outputs[j]) : least;
        return samples.Labels is { } labels && labels[sample] < 0 ? ConformalLimits.Beyond : ConformalLimits.ScoreOf(least);
    }
}
