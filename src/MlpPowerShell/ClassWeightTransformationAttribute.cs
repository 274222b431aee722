using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>Lets class weights be written as Balanced, or as a hashtable of class and weight.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ClassWeightTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        InputProperties.Unwrapped(inputData) switch
        {
            null or "" or DBNull => null,
            string text when text.Trim().Equals("Balanced", StringComparison.OrdinalIgnoreCase) => ClassWeights.Balanced,
            string text when text.TrimStart().StartsWith('{') => FromTable(FromJson(text)),
            IDictionary table => FromTable(table),
            ClassWeights weights => weights,
            string text => throw CellReader.Refused(
                $"'{text}' is not Balanced, nor a text of classes and weights such as {{\"0\":1,\"1\":2.5}}."),
            object other => throw CellReader.Refused(
                $"'{other}' is not Balanced, nor a hashtable of class and weight such as @{{ 0 = 1; 1 = 2.5 }}."),
        };

    /// <summary>The table that the options of a run write as JSON.</summary>
    private static Dictionary<string, double> FromJson(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, double>>(text)!;
        }
        catch (JsonException)
        {
            throw CellReader.Refused($"'{text}' holds no classes and weights such as {{\"0\":1,\"1\":2.5}}.");
        }
    }

    private static ClassWeights FromTable(IDictionary table)
    {
        var weights = new Dictionary<string, double>();
        foreach (DictionaryEntry entry in table)
        {
            string name = Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!;
            string about = $"The weight of class {name}";
            object weight = CellReader.IsEmpty(entry.Value)
                ? throw CellReader.Refused($"{about} is empty; leave the class out, and it counts 1.")
                : InputProperties.Unwrapped(entry.Value)!;
            if (!weights.TryAdd(name, CellReader.Number(weight, $"{about}: ")))
            {
                throw new ArgumentTransformationMetadataException($"There are two weights for class {name}: one key is a number, the "
                    + $"other a text.");
            }
        }

        try
        {
            return new ClassWeights(weights);
        }
        catch (MlpException failure)
        {
            throw new ArgumentTransformationMetadataException(failure.Message, failure);
        }
    }
}
