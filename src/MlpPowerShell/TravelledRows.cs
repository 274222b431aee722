using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Pictures;

namespace MlpPowerShell;

/// <summary>Objects as views take them, those too of which another process or a file sends nothing but the properties.</summary>
internal static class TravelledRows
{
    /// <summary>The name of the type of what is measured on one group of several.</summary>
    public static string GroupType { get; } = $"{typeof(MlpEvaluation).FullName}#Group";

    /// <summary>An object, one of predictions with the name of the file that it is for; of what else is left its facts.</summary>
    public static object Of(object item)
    {
        var wrapped = PSObject.AsPSObject(item);
        return wrapped.BaseObject switch
        {
            MlpPrediction prediction => PredictionRow.Of(prediction, FileOf(wrapped)),
            MlpEvaluation group when wrapped.TypeNames.Contains(GroupType) => new GroupRow(group),
            PSCustomObject when IsLeftOf<MlpPrediction>(wrapped) => PredictionOf(wrapped),
            PSCustomObject when IsLeftOf<MlpColumn>(wrapped) => ColumnOf(wrapped),
            PSCustomObject => FactsOf(wrapped),
            var known => known,
        };
    }

    private static bool IsLeftOf<T>(PSObject item) => item.TypeNames.Contains($"Deserialized.{typeof(T).FullName}");

    private static PredictionRow PredictionOf(PSObject item)
    {
        int index = Value<int>(item, nameof(MlpPrediction.Index));
        return new(index, Item(item, nameof(MlpPrediction.Prediction)), Item(item, nameof(MlpPrediction.Label)))
        {
            Confidence = Value<double?>(item, nameof(MlpPrediction.Confidence)),
            IsCorrect = Value<bool?>(item, nameof(MlpPrediction.IsCorrect)),
            Error = Item(item, nameof(MlpPrediction.Error)),
            PredictionSet = Item(item, nameof(MlpPrediction.PredictionSet)),
            Lower = Item(item, nameof(MlpPrediction.Lower)),
            Upper = Item(item, nameof(MlpPrediction.Upper)),
            Targets = Texts(item, nameof(MlpPrediction.Targets)),
            File = FileOf(item),
        };
    }

    private static MlpColumn ColumnOf(PSObject item) => new()
    {
        Name = $"{Item(item, nameof(MlpColumn.Name))}",
        Role = $"{Item(item, nameof(MlpColumn.Role))}",
        Kind = $"{Item(item, nameof(MlpColumn.Kind))}",
        Type = $"{Item(item, nameof(MlpColumn.Type))}",
        Distinct = Value<int?>(item, nameof(MlpColumn.Distinct)),
        Missing = Value<long>(item, nameof(MlpColumn.Missing)),
        Examples = Texts(item, nameof(MlpColumn.Examples)),
        Warning = Item(item, nameof(MlpColumn.Warning)) as string,
    };

    /// <summary>The properties, without the bytes that stand for an object where the module is loaded.</summary>
    private static KeyValuePair<string, object?>[] FactsOf(PSObject item) =>
        [.. item.Properties.Where(property => property.Name != ContentConverter.Content)
            .Select(property => KeyValuePair.Create(property.Name, Item(item, property.Name)))];

    private static string? FileOf(PSObject item) =>
        item.Properties["Path"] is PSNoteProperty { Value: { } path } ? Path.GetFileName($"{path}") : null;

    private static T? Value<T>(PSObject item, string name) =>
        LanguagePrimitives.TryConvertTo(Item(item, name), out T value) ? value : default;

    private static IReadOnlyList<string> Texts(PSObject item, string name) =>
        Item(item, name) is IEnumerable many and not string ? [.. many.Cast<object>().Select(one => $"{one}")] : [];

    /// <summary>A property, without what PowerShell wraps it in.</summary>
    private static object? Item(PSObject item, string name) => Bare(item.Properties[name]?.Value) switch
    {
        IEnumerable many and not string => many.Cast<object?>().Select(Bare).ToArray(),
        var value => value,
    };

    /// <summary>A value; of an object or a member of an enum, which don't come back as such, its text.</summary>
    private static object? Bare(object? value) => value is not PSObject wrapped ? value
        : wrapped.BaseObject is PSCustomObject || wrapped.TypeNames.Contains("Deserialized.System.Enum") ? wrapped.ToString()
        : wrapped.BaseObject;
}
