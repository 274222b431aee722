using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Training;

/// <summary>How much a sample of each class counts in training.</summary>
public sealed class ClassWeights
{
    private readonly IReadOnlyDictionary<string, double>? _weights;

    /// <summary>Weights by the names of the classes; classes that are not named have 1.</summary>
    /// <param name="weights">Numbers from 0 up.</param>
    /// <exception cref="MlpException">A weight is outside its range.</exception>
    public ClassWeights(IReadOnlyDictionary<string, double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach ((string name, double weight) in weights)
            OptionCheck.NotNegative("InvalidClassWeight", $"The weight of class {name}", weight);
        _weights = weights;
    }

    private ClassWeights()
    {
    }

    /// <summary>Weights that make all classes count alike: samples / (classes × samples of the class), as in scikit-learn.</summary>
    public static ClassWeights Balanced { get; } = new();

    /// <inheritdoc/>
    public override string ToString() => _weights is null ? nameof(Balanced) : string.Join(", ", _weights.Select(pair => $"{pair.Key}: {pair.Value}"));

    /// <summary>The weight of each class of a training set.</summary>
    /// <exception cref="MlpException">A weight is for a class that the data set doesn't have.</exception>
    internal float[] For(MlpDataset data)
    {
        var result = new float[data.ClassCount];
        Array.Fill(result, 1f);
        if (_weights is null)
        {
            IGrouping<int, int>[] classes = [.. data.Labels.ToArray().GroupBy(label => label)];
            foreach (IGrouping<int, int> ofClass in classes)
                result[ofClass.Key] = (float)(data.Count / ((double)classes.Length * ofClass.Count()));
            return result;
        }

        foreach ((string name, double weight) in _weights)
        {
            int label = data.ClassNames.ToList().IndexOf(name);
            if (label < 0)
                throw new MlpException("UnknownClass", MlpErrorKind.Mismatch, $"There is a weight for class {name}, and the classes of {data.Name} are {string.Join(", ", data.ClassNames)}.");
            result[label] = (float)weight;
        }

        return result;
    }
}
