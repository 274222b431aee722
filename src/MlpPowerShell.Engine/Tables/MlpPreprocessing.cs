using System.Text.Json;
using System.Text.Json.Serialization;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tables;

/// <summary>
/// How rows with named values become features, and labels what they are called: fitted to a training set, kept with the model, and
/// applied to whatever is predicted.
/// </summary>
public sealed record MlpPreprocessing
{
    private static readonly JsonSerializerOptions _json = new() { Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>The columns that become features, in the order of these.</summary>
    public required IReadOnlyList<FeatureColumn> Columns { get; init; }

    /// <summary>
    /// The columns to predict. One of categories is the class; numbers are scaled as features are, and predictions back; several of no
    /// scale that are 0 or 1 are labels.
    /// </summary>
    public required IReadOnlyList<FeatureColumn> Labels { get; init; }

    /// <summary>Features of a sample.</summary>
    [JsonIgnore]
    public int FeatureCount => Columns.Sum(column => column.Width);

    /// <summary>The names of the features: those of the columns, and for categories column=category.</summary>
    [JsonIgnore]
    public IEnumerable<string> FeatureNames => Columns.SelectMany(column => column.FeatureNames);

    /// <summary>The names of the classes where each sample has one, or null.</summary>
    [JsonIgnore]
    internal IReadOnlyList<string>? ClassNames => Labels is [{ Kind: ColumnKind.Category } label] ? label.Categories : null;

    /// <summary>Turns the values of a row, one for each column, into features.</summary>
    /// <param name="values">The values, of any simple types, in the order of the columns.</param>
    /// <exception cref="MlpException">A value is missing, of another kind than its column, or an unknown category.</exception>
    public float[] Encode(IReadOnlyList<object?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Count, Columns.Count);
        var features = new float[FeatureCount];
        int place = 0;
        for (int i = 0; i < Columns.Count; i++)
        {
            Columns[i].Encode(Cell.Of(values[i]), features.AsSpan(place, Columns[i].Width));
            place += Columns[i].Width;
        }

        return features;
    }

    /// <summary>Makes a data set of one row.</summary>
    /// <param name="values">The values, in the order of the columns.</param>
    /// <param name="labels">The values of the labels in their order, or null; labels that are missing or not known are left out.</param>
    /// <exception cref="MlpException">A value is missing, of another kind than its column, or an unknown category.</exception>
    public MlpDataset ToSample(IReadOnlyList<object?> values, IReadOnlyList<object?>? labels)
    {
        float[] features = Encode(values);
        Cell[] cells = [.. (labels ?? []).Select(Cell.Of)];
        bool known = cells.Length == Labels.Count && Labels.Zip(cells).All(pair => pair.First.Knows(pair.Second));
        if (ClassNames is { } names)
            return new MlpDataset("sample", features, known ? [names.ToList().IndexOf(cells[0].ToName()!)] : null, features.Length, names);
        var sample = new MlpDataset("sample", features, null, features.Length, []);
        return known ? sample.WithTargets([.. Labels.Zip(cells, (label, cell) => label.Scale(cell.Number))], [.. Labels.Select(label => label.Name)]).WithPreprocessing(this) : sample;
    }

    /// <summary>The values of a row that features came from, in the order of the columns.</summary>
    /// <param name="features">The features of one sample.</param>
    public IReadOnlyList<object> Decode(ReadOnlySpan<float> features)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.Length, FeatureCount);
        var values = new object[Columns.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Columns[i].Decode(features);
            features = features[Columns[i].Width..];
        }

        return values;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Columns.Count} columns to {FeatureCount} features";

    /// <summary>The number that an output of a regression stands for.</summary>
    internal double TargetOf(int output, float value) => Labels[output].Unscale(value);

    /// <summary>Whether the same rows become the same samples, whatever the columns were seen to range over.</summary>
    internal bool Agrees(MlpPreprocessing other, bool labelsNeeded)
    {
        return Agree(Columns, other.Columns) && (!labelsNeeded || Agree(Labels, other.Labels));

        static bool Agree(IReadOnlyList<FeatureColumn> some, IReadOnlyList<FeatureColumn> others) =>
            ReferenceEquals(some, others) || JsonSerializer.Serialize(some.Select(Essence), _json) == JsonSerializer.Serialize(others.Select(Essence), _json);

        static FeatureColumn Essence(FeatureColumn column) => column with { Minimum = null, Maximum = null, MissingCount = 0 };
    }

    internal string ToJson() => JsonSerializer.Serialize(this, _json);

    /// <exception cref="JsonException">It is no such JSON.</exception>
    internal static MlpPreprocessing FromJson(string json)
    {
        MlpPreprocessing? read = JsonSerializer.Deserialize<MlpPreprocessing>(json, _json);
        bool whole = read is { Columns: not null, Labels: not null } && read.Columns.Concat(read.Labels).All(column =>
            column is { Name: not null, Categories: not null } && Enum.IsDefined(column.Kind) && double.IsFinite(column.Shift) && double.IsNormal(column.Factor)
            && (column.Kind == ColumnKind.Category) == (column.Categories.Count > 0) && column.Categories.Distinct().Count() == column.Categories.Count
            && (column.FillCategory is null || column.Categories.Contains(column.FillCategory)));
        return whole ? read! : throw new JsonException("A column lacks its name, its scale or its categories.");
    }
}
