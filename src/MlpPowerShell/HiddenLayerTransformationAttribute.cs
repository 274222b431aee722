using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell;

/// <summary>Lets hidden layers be written as numbers, as 128, 64, or with their activations in one text: 128 relu, 64 sigmoid.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HiddenLayerTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly char[] _separators = [',', ';'];

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? input = InputProperties.Unwrapped(inputData);
        if (input is MlpDataset)
            throw CellReader.Refused($"'{input}' is a data set; the sizes of the hidden layers come first, and -Dataset names the data.");
        if (CellReader.IsEmpty(input))
            return null;
        return input is IEnumerable many and not string ? many.Cast<object>().SelectMany(Layers).ToArray() : Layers(input!).ToArray();
    }

    private static IEnumerable<HiddenLayer> Layers(object item)
    {
        object bare = item is PSObject wrapped ? wrapped.BaseObject : item;
        return bare is HiddenLayer layer ? [layer]
            : bare is not string text ? [new HiddenLayer(SizeOf(bare), null)]
            : LooksGrouped(text)
            ? throw CellReader.Refused($"'{text}' may be one number or several layers: write {string.Concat(text.Split(','))} or "
                + $"'{string.Join(", ", text.Split(','))}'.")
            : text.Split(_separators).SelectMany(part => LayersOf(part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    /// <summary>A size and an activation, or sizes alone: between numbers, a space separates as a comma does.</summary>
    private static IEnumerable<HiddenLayer> LayersOf(string[] words) => words.Length == 2 && !char.IsAsciiDigit(words[1][0])
        ? [new HiddenLayer(SizeOf(words[0]), (Activation)CellReader.Read(typeof(Activation), words[1]))]
        : words.Select(word => new HiddenLayer(SizeOf(word), null));

    /// <summary>Whether a text looks like a number in groups of three digits, as 1,024, and like a few units before many.</summary>
    private static bool LooksGrouped(string text)
    {
        string[] parts = text.Trim().Split(',');
        return parts.Length > 1
            && parts[0].Length is > 0 and <= 3
            && parts.All(part => part.All(char.IsAsciiDigit))
            && parts.Skip(1).All(part => part.Length == 3)
            && (parts[0].Length == 1 || parts.Skip(1).Any(part => part[0] == '0'));
    }

    private static int SizeOf(object size)
    {
        try
        {
            return CellReader.Whole(size);
        }
        catch (ArgumentTransformationMetadataException failure)
        {
            throw new ArgumentTransformationMetadataException(
                $"{failure.Message} Hidden layers are written as 128, 64 or as '128 relu, 64 sigmoid'.");
        }
    }
}
