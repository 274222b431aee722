using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>Models and data sets as users give them: themselves, or as they come back from a job or a file.</summary>
internal static class ObjectReader
{
    /// <summary>Whether a parameter of a type is read so.</summary>
    public static bool Reads(Type type) => type == typeof(MlpModel) || type == typeof(MlpDataset);

    /// <summary>Whether a data set is given where a model is wanted, or a model for a data set.</summary>
    public static bool IsOther(Type type, object? given) => Reads(type) && InputProperties.Unwrapped(given) is MlpModel or MlpDataset;

    /// <summary>Whether an object is what came back of one from a job or a file.</summary>
    public static bool IsLeft(Type type, object given) => ContentConverter.Holds(given, type) || ContentConverter.IsLeftOf(given, type);

    /// <summary>Whether an object is one, or what came back of one.</summary>
    public static bool IsOne(Type type, object given) => type.IsInstanceOfType(InputProperties.Unwrapped(given)) || IsLeft(type, given);

    /// <summary>An argument as a model or a data set.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">It is none.</exception>
    public static object Read(Type type, object given)
    {
        object value = InputProperties.Unwrapped(given)!;
        if (type.IsInstanceOfType(value))
            return value;
        if (value is ICollection { Count: 1 } and IList one)
            return Read(type, one[0]!);
        if (ContentConverter.Holds(given, type))
            return Revived(type, given);
        if (ContentConverter.IsLeftOf(given, type))
        {
            throw CellReader.Refused(type == typeof(MlpModel)
                ? "What is left of this model has no weights: hand the model itself on, or a file of Export-MlpModel."
                : "A streamed data set can't leave the process that opened it, and this is what is left of one: open its file here with "
                    + "Import-MlpDataset -Stream.");
        }

        bool isModel = type == typeof(MlpModel);
        throw CellReader.Refused(value switch
        {
            MlpDataset => $"'{value}' is a data set and no model; where both are given, the model comes first, and where that comes down "
                + "the pipeline, -Dataset names the data.",
            MlpModel => $"'{value}' is a model and no data set; where models come down the pipeline, -Dataset names the data.",
            string text when isModel => $"'{text}' is no model; Import-MlpModel reads files of models.",
            string text => $"'{text}' is no data set; Import-MlpDataset reads files.",
            ICollection { Count: 0 } => $"An empty list is no {(isModel ? "model" : "data set")}.",
            ICollection { Count: > 1 } many when value is not IDictionary => isModel
                ? $"One model is wanted, and there are {many.Count} objects."
                : $"One data set is wanted, and there are {many.Count} objects; Join-MlpDataset joins data sets, "
                    + $"ConvertTo-MlpDataset makes one of objects.",
            _ => isModel
                ? $"'{given}' is no model; New-MlpModel makes one."
                : $"'{given}' is no data set; ConvertTo-MlpDataset makes one of objects.",
        });
    }

    private static object Revived(Type type, object given)
    {
        try
        {
            return LanguagePrimitives.ConvertTo(given, type);
        }
        catch (PSInvalidCastException failure)
        {
            throw CellReader.Refused(failure.InnerException?.Message ?? failure.Message);
        }
    }
}
