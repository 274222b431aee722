namespace MlpPowerShell.Engine.Data;

/// <summary>Which columns of a table mean what.</summary>
public sealed record TableOptions
{
    /// <summary>The columns to predict: one, or several numbers or labels. None where the one with a usual name is meant.</summary>
    public IReadOnlyList<string> Label { get; init; } = [];

    /// <summary>Tells which of the other columns are features; all where it is null.</summary>
    public Func<string, bool>? IsFeature { get; init; }

    /// <summary>Tells which columns go along with the samples without being features; none where it is null.</summary>
    public Func<string, bool>? IsAside { get; init; }

    /// <summary>What the samples are for.</summary>
    public MlpTask Task { get; init; }

    /// <summary>Height and width where the features are an image's pixels from 0 to 255; null to find out from the columns.</summary>
    public ImageShape? ImageShape { get; init; }

    /// <summary>Whether the label may be absent, as in data to predict for.</summary>
    public bool LabelIsOptional { get; init; }

    /// <summary>Whether a column is no feature, does not go along, and is no label either, whatever others there are.</summary>
    public bool LeavesOut(string name) => IsFeature?.Invoke(name) == false
        && IsAside?.Invoke(name) != true
        && Label.Count > 0
        && !Label.Any(label => int.TryParse(label, out _) || label.Equals(name, StringComparison.OrdinalIgnoreCase));
}
