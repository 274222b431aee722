using MathNet.Numerics.LinearAlgebra.Double;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Counts up, sample by sample, how well a model does.</summary>
internal abstract class EvaluationTally(MlpModel model, MlpDataset dataset)
{
    protected MlpModel Model => model;

    protected MlpDataset Dataset => dataset;

    /// <summary>What fits the model's outputs.</summary>
    public static EvaluationTally For(MlpModel model, MlpDataset dataset) => model.Output.Kind switch
    {
        OutputKind.Numbers => new NumberTally(model, dataset),
        OutputKind.Labels => new LabelTally(model, dataset),
        OutputKind.Classes => new ClassTally(model, dataset),
    };

    /// <summary>Turns to the data set, or a part of it.</summary>
    public abstract void Begin(MlpDataset part);

    /// <summary>Takes a sample of the part into account.</summary>
    public abstract void Add(Samples part, int sample, ReadOnlySpan<float> outputs);

    /// <summary>What it comes to.</summary>
    /// <param name="loss">The mean loss of the samples whose class the model has.</param>
    public abstract MlpEvaluation Evaluation(double loss);

    /// <summary>One class a sample.</summary>
    private sealed class ClassTally(MlpModel model, MlpDataset dataset) : EvaluationTally(model, dataset)
    {
        private readonly DenseMatrix _confusion = new(model.ClassNames.Count, model.ClassNames.Count);

        // Classes that the model doesn't have, each with what their samples were taken for.
        private readonly Dictionary<string, double[]> _unknown = [];
        private DataColumn _labels = null!;

        public override void Begin(MlpDataset part) => _labels = Model.Output.ClassColumnOf(part)!;

        public override void Add(Samples part, int sample, ReadOnlySpan<float> outputs)
        {
            int predicted = Model.Output.IsCumulative ? MostProbable(outputs) : OutputScorer.ArgMax(outputs);
            if (part.Labels![sample] is >= 0 and var label)
            {
                _confusion[label, predicted]++;
                return;
            }

            string name = _labels.TextAt(sample)!;
            if (!_unknown.TryGetValue(name, out double[]? row))
                _unknown[name] = row = new double[Model.ClassNames.Count];
            row[predicted]++;
        }

        /// <summary>The class of which the probabilities of what lies above it and what does not leave most.</summary>
        private static int MostProbable(ReadOnlySpan<float> above)
        {
            int best = 0;
            float last = 1, most = -1;
            for (int j = 0; j <= above.Length; j++)
            {
                float next = j < above.Length ? above[j] : 0;
                if (last - next > most)
                    (most, best) = (last - next, j);
                last = next;
            }

            return best;
        }

        /// <summary>How many ranks predictions are off, a mean over the samples whose class has a rank.</summary>
        private double RanksOff() => _confusion.MapIndexed((label, predicted, count) => count * Math.Abs(label - predicted))
            .ColumnSums().Sum() / _confusion.ColumnSums().Sum();

        public override MlpEvaluation Evaluation(double loss)
        {
            double[] hits = [.. _confusion.Diagonal()];
            int known = Model.ClassNames.Count, all = known + _unknown.Count;
            DenseMatrix confusion = _confusion;
            if (all > known)
            {
                confusion = new DenseMatrix(all, all);
                confusion.SetSubMatrix(0, 0, _confusion);
                foreach ((double[] row, int i) in _unknown.Values.Select((row, i) => (row, i)))
                    confusion.SetSubMatrix(known + i, 0, DenseMatrix.OfRowArrays(row));
            }

            return new MlpEvaluation(Model.Architecture, Dataset.Name, Dataset.Count, loss)
            {
                Accuracy = hits.Sum() / Dataset.Count,
                MeanAbsoluteError = Model.Loss.Function() == OutputFunction.Ordinal ? RanksOff() : null,
                ConfusionMatrix = confusion,
                Classes = MlpClassScore.Of(
                    [.. Model.ClassNames, .. _unknown.Keys],
                    [.. hits, .. new double[all - known]],
                    [.. confusion.ColumnSums()],
                    [.. confusion.RowSums()]),
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

        public override void Begin(MlpDataset part)
        {
        }

        public override void Add(Samples part, int sample, ReadOnlySpan<float> outputs)
        {
            bool right = part.Targets is not null || part.Labels![sample] >= 0;
            for (int j = 0; j < outputs.Length; j++)
            {
                bool predicted = outputs[j] > 0.5f;
                bool label = part.Targets is { } targets ? targets[(sample * outputs.Length) + j] > 0.5f : part.Labels![sample] == j;
                _hits[j] += predicted && label ? 1 : 0;
                _predicted[j] += predicted ? 1 : 0;
                _support[j] += label ? 1 : 0;
                right &= predicted == label;
            }

            _right += right ? 1 : 0;
        }

        public override MlpEvaluation Evaluation(double loss) => new(Model.Architecture, Dataset.Name, Dataset.Count, loss)
        {
            Accuracy = _right / (double)Dataset.Count,
            Classes = MlpClassScore.Of([.. Model.ClassNames.Take(Model.OutputSize)], _hits, _predicted, _support),
        };
    }

    /// <summary>Numbers, in their own units.</summary>
    private sealed class NumberTally(MlpModel model, MlpDataset dataset) : EvaluationTally(model, dataset)
    {
        private readonly double[] _squares = new double[model.OutputSize];

        // Means and squared distances from them, updated with each number (Welford, 1962).
        private readonly double[] _means = new double[model.OutputSize];
        private readonly double[] _variations = new double[model.OutputSize];
        private DataColumn[] _targets = [];
        private double _distance;
        private int _count;

        public override void Begin(MlpDataset part) => _targets = Model.Output.TargetColumnsOf(part)!;

        public override void Add(Samples part, int sample, ReadOnlySpan<float> outputs)
        {
            _count++;
            for (int j = 0; j < outputs.Length; j++)
            {
                double target = _targets[j].NumberAt(sample);
                double error = Model.Output.NumberOf(j, outputs[j]) - target;
                double apart = target - _means[j];
                _means[j] += apart / _count;
                _variations[j] += apart * (target - _means[j]);
                _squares[j] += error * error;
                _distance += Math.Abs(error);
            }
        }

        public override MlpEvaluation Evaluation(double loss)
        {
            double count = (double)Dataset.Count * _squares.Length;
            return new MlpEvaluation(Model.Architecture, Dataset.Name, Dataset.Count, loss)
            {
                MeanAbsoluteError = _distance / count,
                RootMeanSquaredError = _squares.Average(squares => Math.Sqrt(squares / Dataset.Count)),

                // Where a target never varies, only a perfect prediction explains it, as in scikit-learn.
                R2 = _squares.Zip(_variations, (squares, variation) => variation > 0 ? 1 - (squares / variation) : squares > 0 ? 0 : 1)
                    .Average(),
            };
        }
    }
}
