using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Counts up how well a model does on each group of samples that have a value in common.</summary>
internal sealed class GroupTallies
{
    /// <summary>The most groups times classes, each of which takes memory.</summary>
    private const int MostFigures = 20_000;

    private const int MostGroups = 1000;

    private readonly int _most;
    private readonly MlpModel _model;
    private readonly ConformalLimits? _limits;
    private readonly MlpDataset _dataset;
    private readonly string _column;
    private readonly Dictionary<string, (EvaluationTally Tally, double Number)> _groups = [];

    /// <param name="model">The model.</param>
    /// <param name="dataset">The samples.</param>
    /// <param name="column">The column of the values.</param>
    /// <param name="limits">What is within a confidence; null where there is none.</param>
    /// <exception cref="MlpException">The data set has no such column.</exception>
    public GroupTallies(MlpModel model, MlpDataset dataset, string column, ConformalLimits? limits)
    {
        MlpDataset alike = dataset.IsStreamed ? dataset.Schema : dataset;
        string[] names = [.. alike.AllColumns.Select(known => known.Name)];
        _column = alike.Find(column)?.Name ?? throw new MlpException(
            "ColumnsMissing",
            MlpErrorKind.Mismatch,
            names.Length == 0
                ? $"The data set {dataset.Name} has no columns."
                : $"The data set {dataset.Name} has no column {column}{ColumnNames.Hint(names, column)}; it has "
                    + $"{Listing.Of(names)}.");
        _limits = limits;
        (_model, _dataset, _most) = (model, dataset, Math.Clamp(MostFigures / model.OutputSize, 1, MostGroups));
    }

    /// <summary>Turns to the data set, or a part of it, and tells in what each sample is counted.</summary>
    public Func<int, EvaluationTally> Begin(MlpDataset part)
    {
        foreach ((EvaluationTally tally, _) in _groups.Values)
            tally.Begin(part);
        DataColumn column = part.Find(_column)!;
        return sample => Of(part, column, sample);
    }

    /// <summary>What each group comes to.</summary>
    public IReadOnlyList<MlpEvaluation> Evaluations() =>
    [
        .. _groups.OrderBy(group => double.IsNaN(group.Value.Number)).ThenBy(group => group.Value.Number)
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Value.Tally.Evaluation()),
    ];

    private EvaluationTally Of(MlpDataset part, DataColumn column, int sample)
    {
        string value = column.TextAt(sample) ?? string.Empty;
        if (_groups.TryGetValue(value, out (EvaluationTally Tally, double Number) group))
            return group.Tally;
        if (_groups.Count == _most)
        {
            throw new MlpException(
                "TooManyGroups",
                MlpErrorKind.InvalidArgument,
                $"{_dataset.Name}: the column {_column} has more than {_most} different values, too many to measure each.");
        }

        var tally = EvaluationTally.For(_model, _dataset.Name, value, _limits);
        tally.Begin(part);
        _groups[value] = (tally, column.NumberAt(sample));
        return tally;
    }
}
