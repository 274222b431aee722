using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell;

/// <summary>Lets the shape of an image be written as height and width: 28, 28 or 28x28.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ImageShapeTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly char[] _separators = ['x', 'X', '×', ','];

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (input is ImageShape)
            return input;
        if (input is string text)
            input = text.Split(_separators, StringSplitOptions.TrimEntries);
        return input is IEnumerable
            && LanguagePrimitives.TryConvertTo(input, out int[] sizes)
            && sizes is [> 0 and int height, > 0 and int width]
            ? new ImageShape(height, width)
            : throw new ArgumentTransformationMetadataException("The shape of an image is its height and its width in pixels, such as "
                + "28, 28 or 28x28.");
    }
}
