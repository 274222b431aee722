using MathNet.Numerics.LinearAlgebra.Double;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Counts up, sample by sample, how well a model does.</summary>
internal abstract class EvaluationTally(MlpModel model, MlpDataset dataset)
{
    protected MlpModel Model => model;

    protected MlpDataset Dataset => dataset;

    /// <summary>What fits the model's loss and the data.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dataset">The data.</param>
    /// <param name="parts">The data as the network takes it, a part at a time.</param>
    public static EvaluationTally For(MlpModel model, MlpDataset dataset, IEnumerable<Samples> parts) =>
        model.Loss.IsRegression() ? new NumberTally(model, dataset, parts)
        : dataset.HasLabels ? new ClassTally(model, dataset)
        : new LabelTally(model, dataset);

    /// <summary>Takes a sample into account, of the data set or a part of it.</summary>
    public abstract void Add(Samples part, int sample, ReadOnlySpan<float> outputs);

    /// <summary>What it comes to.</summary>
    public abstract MlpEvaluation Evaluation(double loss);

    /// <summary>One class a sample.</summary>
    private sealed class ClassTally(MlpModel model, MlpDataset dataset) : EvaluationTally(model, dataset)
    {
        private readonly DenseMatrix _confusion = new(model.ClassNames.Count, model.ClassNames.Count);

        public override void Add(Samples part, int sample, ReadOnlySpan<float> outputs)
        {
            // A class that the model doesn't have has no row; its sample counts as wrong.
            if (part.Labels![sample] is >= 0 and var label)
                _confusion[label, outputs.Length > 1 ? OutputScorer.ArgMax(outputs) : outputs[0] > 0.5f ? 1 : 0]++;
        }

        public override MlpEvaluation Evaluation(double loss)
        {
            double[] hits = [.. _confusion.Diagonal()];
            return new MlpEvaluation(Dataset.Name, Dataset.Count, loss)
            {
                Accuracy = hits.Sum() / Dataset.Count,
                ConfusionMatrix = _confusion,
                Classes = MlpClassScore.Of(Model.ClassNames, hits, [.. _confusion.ColumnSums()], [.. _confusion.RowSums()]),
            };
        }
    }

    /// <summary>Any number of labels a sample.</summary>
    private sealed class LabelTally(MlpModel model, MlpDataset dataset) : EvaluationTally(model, dataset)
    {
        private readonly double[] _hits = new double[model.OutputSize];
        private readonly double[] _predicted = new double[model.OutputSize];
        private readonly double[] _support = new double[model.OutputSize];
        private int _right;

        public override void Add(Samples part, int sample, ReadOnlySpan<float> outputs)
        {
            ReadOnlySpan<float> targets = part.Targets.AsSpan(sample * outputs.Length, outputs.Length);
            bool right = true;
            for (int j = 0; j < outputs.Length; j++)
            {
                bool predicted = outputs[j] > 0.5f;
                bool label = targets[j] > 0.5f;
                _hits[j] += predicted && label ? 1 : 0;
                _predicted[j] += predicted ? 1 : 0;
                _support[j] += label ? 1 : 0;
                right &= predicted == label;
            }

            _right += right ? 1 : 0;
        }

        public override MlpEvaluation Evaluation(double loss) => new(Dataset.Name, Dataset.Count, loss)
        {
            Accuracy = _right / (double)Dataset.Count,
            Classes = MlpClassScore.Of(Model.ClassNames, _hits, _predicted, _support),
        };
    }

    /// <summary>Numbers.</summary>
    private sealed class NumberTally(MlpModel model, MlpDataset dataset, IEnumerable<Samples> parts) : EvaluationTally(model, dataset)
    {
        private readonly double[] _means = Means(dataset, parts);
        private readonly double[] _squares = new double[model.OutputSize];
        private readonly double[] _variations = new double[model.OutputSize];
        private double _distance;

        public override void Add(Samples part, int sample, ReadOnlySpan<float> outputs)
        {
            ReadOnlySpan<float> targets = part.Targets.AsSpan(sample * outputs.Length, outputs.Length);
            for (int j = 0; j < outputs.Length; j++)
            {
                double target = Target(Dataset, j, targets[j]);
                double error = (Model.Preprocessing?.TargetOf(j, outputs[j]) ?? outputs[j]) - target;
                double variation = target - _means[j];
                _squares[j] += error * error;
                _variations[j] += variation * variation;
                _distance += Math.Abs(error);
            }
        }

        public override MlpEvaluation Evaluation(double loss)
        {
            double count = (double)Dataset.Count * _squares.Length;
            return new MlpEvaluation(Dataset.Name, Dataset.Count, loss)
            {
                MeanAbsoluteError = _distance / count,
                RootMeanSquaredError = Math.Sqrt(_squares.Sum() / count),

                // Where a target never varies, only a perfect prediction explains it, as in scikit-learn.
                R2 = _squares.Zip(_variations, (squares, variation) => variation > 0 ? 1 - (squares / variation) : squares > 0 ? 0 : 1).Average(),
            };
        }

        private static double[] Means(MlpDataset dataset, IEnumerable<Samples> parts)
        {
            var means = new double[dataset.TargetNames.Count];
            foreach (Samples part in parts)
            {
                float[] targets = part.Targets!;
                for (int i = 0; i < targets.Length; i++)
                    means[i % means.Length] += Target(dataset, i % means.Length, targets[i]) / dataset.Count;
            }

            return means;
        }

        private static double Target(MlpDataset dataset, int output, float value) => dataset.Preprocessing?.TargetOf(output, value) ?? value;
    }
}
