using System.Collections;
using MlpPowerShell.Commands;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>What becomes of single columns, as the hashtables of New-MlpModel say it of names and wildcards.</summary>
internal sealed class ColumnRules
{
    private readonly Hashtable _scalings;
    private readonly Hashtable _missing;
    private readonly Hashtable _dateParts;
    private readonly string[] _columns;
    private readonly IReadOnlyList<string> _labels;
    private readonly bool _isArray;

    /// <param name="scalings">What -ColumnScaling says.</param>
    /// <param name="missing">What -ColumnMissing says.</param>
    /// <param name="dateParts">What -DatePart says.</param>
    /// <param name="data">The data set whose columns are meant.</param>
    public ColumnRules(Hashtable scalings, Hashtable missing, Hashtable dateParts, MlpDataset data)
    {
        (_scalings, _missing, _dateParts) = (scalings, missing, dateParts);
        _isArray = data.Columns.Count == 0;
        _labels = DatasetSchema.Of(data)?.Labels ?? [];
        _columns = [.. DatasetSchema.Of(data)?.Features ?? [.. Enumerable.Range(1, data.FeatureCount).Select(i => $"{i}")], .. _labels];
    }

    /// <summary>Options with what is said of single columns.</summary>
    /// <exception cref="MlpException">A name means no column, or a value is no rule.</exception>
    public EncodingOptions Over(EncodingOptions options)
    {
        Dictionary<string, FeatureScaling> scalings = ColumnPatterns.Match(
            nameof(NewMlpModelCommand.ColumnScaling), _scalings, _columns, value => (FeatureScaling)new Choice<FeatureScaling>($"{value}"));
        Dictionary<string, MissingRule> missing =
            ColumnPatterns.Match(nameof(NewMlpModelCommand.ColumnMissing), _missing, _columns, RuleOf);
        Dictionary<string, DateParts> dates =
            ColumnPatterns.Match(nameof(NewMlpModelCommand.DatePart), _dateParts, _columns, PartsOf);
        return options with
        {
            ScalingOf = scalings.Count == 0 ? null : name => scalings.TryGetValue(name, out FeatureScaling scaling) ? scaling : null,
            MissingOf = name => missing.TryGetValue(name, out MissingRule rule) ? rule : null,
            DatePartsOf = name => dates.GetValueOrDefault(name),
        };
    }

    /// <summary>What is said of columns that have nothing to do it to.</summary>
    public IEnumerable<UnusedOption> Unused(ModelEnds ends)
    {
        IEnumerable<string> scaled = ends.Input.Columns.Where(column => column.Kind != ColumnKind.Category)
            .Concat(ends.Output.Targets)
            .Select(column => column.Name);
        string[] features = [.. _columns.Except(_labels)];
        return Idle(nameof(NewMlpModelCommand.ColumnScaling), _scalings, scaled, $"categories and classes are not scaled")
            .Concat(_isArray
                ? Idle(nameof(NewMlpModelCommand.ColumnMissing), _missing, [], $"no number of an array is missing")
                : Idle(
                    nameof(NewMlpModelCommand.ColumnMissing),
                    _missing,
                    features,
                    $"what becomes of missing labels is said apart{Hint.With(nameof(NewMlpModelCommand.MissingLabel))}"))
            .Concat(Idle(
                nameof(NewMlpModelCommand.DatePart),
                _dateParts,
                _isArray ? [] : features,
                $"{(_isArray ? "an array" : "a label")} has no dates to make features of"));
    }

    // A wildcard may mean other columns beside those that it is there for.
    private IEnumerable<UnusedOption> Idle(string option, Hashtable table, IEnumerable<string> fitting, MlpMessage why) =>
        from pattern in table.Keys.Cast<object>().Select(key => $"{key}")
        where !ColumnPatterns.Named(pattern, _columns).Any(fitting.Contains)
        orderby pattern
        select new UnusedOption(option, why) { Effect = $"has no effect on {pattern}" };

    private static MissingRule RuleOf(object? value) => value is MissingValues rule ? new MissingRule(rule)
        : value is string text
            && Enum.TryParse(text, ignoreCase: true, out MissingValues named)
            && Enum.IsDefined(named)
            && !int.TryParse(text, out _) ? new MissingRule(named)
        : value is null ? throw new MlpException(
            "InvalidMissing",
            MlpErrorKind.InvalidArgument,
            "A rule for missing values is null; give the name of one, or the value to take instead.")
        : new MissingRule(MissingValues.Fill, value);

    private static DateParts PartsOf(object? value) =>
        (value is object[] many ? many : [value!])
            .Aggregate(DateParts.None, (parts, part) => parts | new Choice<DateParts>($"{InputProperties.Unwrapped(part)}").Value);
}
