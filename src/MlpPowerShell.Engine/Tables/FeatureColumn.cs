namespace MlpPowerShell.Engine.Tables;

/// <summary>How the values of one column become features: fitted once, and the same for every row from then on.</summary>
public sealed record FeatureColumn
{
    private Dictionary<string, int>? _places;

    /// <summary>The column's name.</summary>
    public required string Name { get; init; }

    /// <summary>What its values are.</summary>
    public ColumnKind Kind { get; init; }

    /// <summary>A number x becomes (x - Shift) × Factor.</summary>
    public double Shift { get; init; }

    /// <inheritdoc cref="Shift"/>
    public double Factor { get; init; } = 1;

    /// <summary>The number that a missing one is replaced by; null where a missing one is an error.</summary>
    public double? Fill { get; init; }

    /// <summary>The categories, each a feature; empty for numbers.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The category that a missing one is replaced by; null where a missing one is an error.</summary>
    public string? FillCategory { get; init; }

    /// <summary>The smallest number that the column was fitted to.</summary>
    public double? Minimum { get; init; }

    /// <summary>The largest number that the column was fitted to.</summary>
    public double? Maximum { get; init; }

    /// <summary>Values that were missing in what the column was fitted to.</summary>
    public int MissingCount { get; init; }

    /// <summary>Features that the column becomes.</summary>
    public int Width => Kind == ColumnKind.Category ? Categories.Count : 1;

    /// <summary>The names of these features.</summary>
    internal IEnumerable<string> FeatureNames => Kind == ColumnKind.Category ? Categories.Select(category => $"{Name}={category}") : [Name];

    /// <summary>Writes the features of one value.</summary>
    /// <exception cref="MlpException">The value is missing, of another kind, or a category that is not known.</exception>
    internal void Encode(Cell cell, Span<float> features)
    {
        if (Kind == ColumnKind.Category)
        {
            features.Clear();
            features[PlaceOf(cell.ToName() ?? FillCategory ?? throw Missing())] = 1;
            return;
        }

        if (cell.Kind is not null && !Fits(cell))
            throw new MlpException("WrongKind", MlpErrorKind.InvalidData, $"{Name} is '{cell.ToName()}', and the model knows it as a {Kind.ToString().ToLowerInvariant()}.");
        features[0] = Scale(cell.Kind is null ? Fill ?? throw Missing() : cell.Number);
    }

    /// <summary>The value that features stand for.</summary>
    internal object Decode(ReadOnlySpan<float> features)
    {
        if (Kind == ColumnKind.Category)
            return Categories[Math.Max(0, features.IndexOf(1f))];

        // Seven digits are what a float carries; more would show its rounding.
        double number = Unscale(features[0]);
        double digits = number == 0 || !double.IsFinite(number) ? 0 : Math.Clamp(6 - Math.Floor(Math.Log10(Math.Max(Math.Abs(number), Math.Abs(Shift)))), 0, 15);
        return Cell.ValueOf(Kind, Kind is ColumnKind.Number ? Math.Round(number, (int)digits) : number);
    }

    /// <summary>Whether a value is there, and one that the column could have.</summary>
    internal bool Knows(Cell cell) => cell.Kind is not null && (Kind == ColumnKind.Category ? Categories.Contains(cell.ToName()) : Fits(cell));

    /// <summary>The number that a feature stands for.</summary>
    internal double Unscale(float feature) => (feature / Factor) + Shift;

    internal float Scale(double number) => (float)((number - Shift) * Factor);

    private bool Fits(Cell cell) => cell.Kind == Kind || (Kind is ColumnKind.Number or ColumnKind.Boolean && cell.Kind is ColumnKind.Number or ColumnKind.Boolean);

    private int PlaceOf(string category)
    {
        _places ??= Categories.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        return _places.TryGetValue(category, out int place)
            ? place
            : throw new MlpException("UnknownCategory", MlpErrorKind.InvalidData, $"{Name} is '{category}', which was not among the training data; known are {Listing.Of(Categories)}.");
    }

    private MlpException Missing() => new(
        "MissingValue", MlpErrorKind.InvalidData, $"{Name} has no value. Data made with -Missing Mean or Median take rows with gaps, and -Missing Drop leaves them out.");
}
