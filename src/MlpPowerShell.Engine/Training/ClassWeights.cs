
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MlpPowerShell.Engine.Training;

/// <summary>How much a sample of each class counts in training.</summary>
public sealed class ClassWeights
{
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A table that somebody fills has no order of its own, and another one in the next process.
    private readonly SortedDictionary<string, double>? _weights;

    /// <summary>Weights by the names of the classes; classes that are not named have 1.</summary>
    /// <param name="weights">Numbers from 0 up.</param>
    /// <exception cref="MlpException">A weight is outside its range.</exception>
    public ClassWeights(IReadOnlyDictionary<string, double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach ((string name, double weight) in weights)
            OptionCheck.NotNegative("InvalidClassWeight", $"The weight of class {name}", weight);
        _weights = new SortedDictionary<string, double>(weights.ToDictionary(), StringComparer.Ordinal);
    }

    private ClassWeights()
    {
    }

    /// <summary>Weights that make all classes count alike: samples / (classes × samples of the class), as in scikit-learn.</summary>
    public static ClassWeights Balanced { get; } = new();

    /// <summary>
    /// What tells these weights from others, the same in every process and culture: the classes in ordinal order, as JSON.
    /// </summary>
    internal string Identity => _weights is null ? nameof(Balanced) : JsonSerializer.Serialize(_weights, _json);

    /// <inheritdoc/>
    public override string ToString() => _weights is null
        ? nameof(Balanced)
        : string.Join(", ", _weights.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}: {pair.Value}")));

    /// <summary>The weight of each of a model's classes.</summary>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="counts">How many samples of the training set each has.</param>
    /// <exception cref="MlpException">A weight is for a class that the model doesn't have, or none counts.</exception>
    internal float[] For(IReadOnlyList<string> classes, Func<long[]> counts)
    {
        var result = new float[classes.Count];
        Array.Fill(result, 1f);
        if (_weights is null)
        {
            long[] ofClass = counts();
            double present = ofClass.Count(count => count > 0), all = ofClass.Sum();
            return Array.ConvertAll(ofClass, count => count > 0 ? (float)(all / (present * count)) : 1f);
        }

        foreach ((string name, double weight) in _weights)
        {
            int place = NearestName.Find(classes, name);
            if (place < 0)
            {
                throw new MlpException(
                    "UnknownClass",
                    MlpErrorKind.Mismatch,
                    $"There is a weight for class {name}{NearestName.Hint(classes, name)}, and the model's classes are "
                    + $"{Listing.Of(classes)}.");
            }

            result[place] = (float)weight;
        }

        if (result.Contains(0) && counts().Zip(result).All(ofClass => ofClass.First == 0 || ofClass.Second == 0))
        {
            throw OptionCheck.Invalid(
                "InvalidClassWeight", "All classes that the samples have weigh 0, so that there is nothing to learn.");
        }

        return result;
    }
}
