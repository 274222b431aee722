using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>How well a model does on a data set.</summary>
public sealed class MlpEvaluation
{
    internal MlpEvaluation(MlpDataset dataset, IReadOnlyList<string> classNames, double loss, Matrix<double> confusion)
    {
        Dataset = dataset.Name;
        Samples = dataset.Count;
        Loss = loss;
        ConfusionMatrix = confusion;
        Accuracy = confusion.Diagonal().Sum() / Samples;
        Vector<double> support = confusion.RowSums();
        Vector<double> predicted = confusion.ColumnSums();
        Classes = [.. classNames.Select((name, i) => new MlpClassScore(name, confusion[i, i], predicted[i], support[i]))];
    }

    /// <summary>The name of the data set.</summary>
    public string Dataset { get; }

    /// <summary>Samples measured.</summary>
    public int Samples { get; }

    /// <summary>Mean cross-entropy.</summary>
    public double Loss { get; }

    /// <summary>The fraction classified right, from 0 to 1.</summary>
    public double Accuracy { get; }

    /// <summary>Counts of samples by true class (rows) and predicted class (columns).</summary>
    public Matrix<double> ConfusionMatrix { get; }

    /// <summary>Precision, recall, F1 and support of each class.</summary>
    public IReadOnlyList<MlpClassScore> Classes { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Dataset}: accuracy {Accuracy:P2}, loss {Loss:F4}");
}

/// <summary>How well a model does on one class.</summary>
public sealed class MlpClassScore
{
    internal MlpClassScore(string name, double hits, double predicted, double support)
    {
        Class = name;
        Support = (int)support;
        Precision = predicted > 0 ? hits / predicted : 0;
        Recall = support > 0 ? hits / support : 0;
        F1 = predicted + support > 0 ? 2 * hits / (predicted + support) : 0;
    }

    /// <summary>The class.</summary>
    public string Class { get; }

    /// <summary>Of the samples predicted as this class, the fraction that are; 0 where none was predicted.</summary>
    public double Precision { get; }

    /// <summary>Of the samples of this class, the fraction found; 0 where there are none.</summary>
    public double Recall { get; }

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1 { get; }

    /// <summary>Samples of this class.</summary>
    public int Support { get; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}: F1 {F1:P2}");
}
