using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>The engine's advice in the words of the module: which parameter to give.</summary>
internal static class ParameterNames
{
    /// <summary>The options that have other names than their parameters.</summary>
    private static readonly Dictionary<string, string> _others = new()
    {
        [nameof(TableOptions.IsFeature)] = "Exclude",
        [nameof(TableOptions.IsAside)] = "Aside",
        [nameof(TableReadOptions.KindOf)] = "ColumnType",
        [nameof(MlpDataset.IsStreamed)] = "Stream",
        [nameof(MlpDataset.WithoutOrigin)] = "ByValue",
        [nameof(DatasetSchema)] = "Like",
        [nameof(EncodingOptions.ScalingOf)] = "ColumnScaling",
        [nameof(MlpModel.CreateFor)] = "Dataset",
        [nameof(ModelReadOptions.Activations)] = "Activation",
        [nameof(TrainingOptions.ReplaceCheckpoint)] = "Force",
        [nameof(CalibrationMethod)] = "Method",
        [nameof(TextConventions.DateFormats)] = "DateFormat",
        [nameof(TextConventions.MissingValues)] = "MissingValue",
    };

    /// <summary>The parameters of another command than those that advise them.</summary>
    private static readonly Dictionary<string, string> _commands = new() { [nameof(CalibrationMethod)] = "Set-MlpCalibration" };

    /// <summary>A message that tells which parameters to give.</summary>
    public static string Told(MlpMessage message) => message.ToString(Say);

    /// <summary>The parameter that an option of the engine is.</summary>
    public static string Of(string option) => _others.GetValueOrDefault(option, option);

    private static string Say(Hint hint)
    {
        string argument = (Quoted(hint.Column), hint.Value) switch
        {
            (null, null) => string.Empty,
            (null, { } value) => $" {value}",
            ({ } column, null) => $" {column}",
            ({ } column, "…") => $" @{{ {column} = … }}",
            ({ } column, { } value) => $" @{{ {column} = '{value}' }}",
        };
        string command = _commands.TryGetValue(hint.Option, out string? name) ? $"{name} " : string.Empty;
        return $" {(hint.IsUnwanted ? "without" : "with")} {command}-{Of(hint.Option)}{argument}";
    }

    private static string? Quoted(string? column) => column is null ? null : $"'{column.Replace("'", "''", StringComparison.Ordinal)}'";
}
