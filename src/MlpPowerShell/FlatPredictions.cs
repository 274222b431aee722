using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>Predictions as properties of single values, the same for each; what each output has is a property for each.</summary>
internal sealed class FlatPredictions
{
    private readonly OutputHead _head;
    private readonly string[] _probabilities;
    private readonly string[] _predictions;
    private readonly string[] _labels;
    private readonly string[] _errors;
    private readonly string[] _inSet;
    private readonly string[] _lowers;
    private readonly string[] _uppers;

    public FlatPredictions(OutputHead head)
    {
        _head = head;

        // Properties are called alike whatever their case, and classes need not be.
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string[] names = [.. head.Kind == OutputKind.Classes ? head.Names : head.Names.Take(head.Size)];
        string[] Each(string what) => Array.ConvertAll(names, name => taken.Take($"{what}.{name}"));
        bool isOne = head.Kind == OutputKind.Classes || names.Length == 1 && head.Kind == OutputKind.Numbers;
        _labels = isOne ? [nameof(MlpPrediction.Label)] : Each(nameof(MlpPrediction.Label));
        _predictions = isOne ? [nameof(MlpPrediction.Prediction)] : Each(nameof(MlpPrediction.Prediction));
        string[] OfNumber(string what) => head.Kind != OutputKind.Numbers ? [] : isOne ? [what] : Each(what);
        _errors = OfNumber(nameof(MlpPrediction.Error));
        _probabilities = head.Kind == OutputKind.Numbers ? [] : Each("Probability");
        _inSet = head.Kind == OutputKind.Numbers ? [] : Each("InSet");
        _lowers = OfNumber(nameof(MlpPrediction.Lower));
        _uppers = OfNumber(nameof(MlpPrediction.Upper));
    }

    /// <summary>All that a prediction says.</summary>
    public IEnumerable<KeyValuePair<string, object?>> RowOf(MlpPrediction prediction)
    {
        yield return Pair(nameof(MlpPrediction.Index), prediction.Index);
        foreach (KeyValuePair<string, object?> label in Named(_labels, prediction.Label))
            yield return label;
        if (_head.Kind != OutputKind.Numbers)
            yield return Pair(nameof(MlpPrediction.IsCorrect), prediction.IsCorrect);
        foreach (KeyValuePair<string, object?> answer in AnswersOf(prediction))
            yield return answer;
    }

    /// <summary>What is predicted, how sure that is, and how far off.</summary>
    public IEnumerable<KeyValuePair<string, object?>> AnswersOf(MlpPrediction prediction)
    {
        foreach (KeyValuePair<string, object?> answer in Named(_predictions, prediction.Prediction))
            yield return answer;
        if (_head.Kind != OutputKind.Numbers)
            yield return Pair(nameof(MlpPrediction.Confidence), prediction.Confidence);
        foreach (KeyValuePair<string, object?> error in Named(_errors, prediction.Error))
            yield return error;
        for (int i = 0; i < _probabilities.Length; i++)
            yield return Pair(_probabilities[i], prediction.Probabilities[i]);
        for (int i = 0; prediction.PredictionSet is { } set && i < _inSet.Length; i++)
            yield return Pair(_inSet[i], set.Contains(_head.ValueOf(i)));
        if (prediction.Lower is null)
            yield break;
        foreach (KeyValuePair<string, object?> end in Named(_lowers, prediction.Lower).Concat(Named(_uppers, prediction.Upper)))
            yield return end;
    }

    /// <summary>A value, or those of a list; of labels whether each is among them.</summary>
    private IEnumerable<KeyValuePair<string, object?>> Named(string[] names, object? value)
    {
        var list = value as IReadOnlyList<object?>;
        for (int i = 0; i < names.Length; i++)
        {
            object? own = _head.Kind == OutputKind.Labels ? list?.Contains(_head.ValueOf(i))
                : _head.Kind == OutputKind.Numbers && list is not null ? list[i]
                : value;
            yield return Pair(names[i], own);
        }
    }

    private static KeyValuePair<string, object?> Pair(string name, object? value) => KeyValuePair.Create(name, value);
}
