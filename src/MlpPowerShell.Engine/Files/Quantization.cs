namespace MlpPowerShell.Engine.Files;

/// <summary>Weights in fewer bits.</summary>
internal static class Quantization
{
    private const float Largest = 127;

    /// <summary>Rounds to 16 bits.</summary>
    /// <exception cref="MlpException">A weight is beyond their range.</exception>
    public static Half[] ToHalf(ModelTensor tensor)
    {
        int place = Array.FindIndex(tensor.Values, value => MathF.Abs(value) > (float)Half.MaxValue);
        return place < 0
            ? Array.ConvertAll(tensor.Values, value => (Half)value)
            : throw new MlpException(
                "WeightOutsideRange",
                MlpErrorKind.InvalidData,
                $"{tensor.Name} has a weight of {tensor.Values[place]}, and 16 bits hold up to {Half.MaxValue}; write the model with 32.");
    }

    /// <summary>Rounds each row to multiples of a scale of its own.</summary>
    public static (sbyte[] Values, float[] Scales) ToInt8(ModelTensor tensor)
    {
        int rows = tensor.Shape[0], columns = tensor.Values.Length / rows;
        var values = new sbyte[tensor.Values.Length];
        var scales = new float[rows];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> weights = tensor.Values.AsSpan(row * columns, columns);
            float largest = 0;
            foreach (float weight in weights)
                largest = MathF.Max(largest, MathF.Abs(weight));
            scales[row] = largest > 0 ? largest / Largest : 1;
            for (int i = 0; i < columns; i++)
                values[(row * columns) + i] = (sbyte)Math.Clamp(MathF.Round(weights[i] / scales[row]), -Largest, Largest);
        }

        return (values, scales);
    }

    /// <summary>The weights that 8-bit numbers stand for.</summary>
    public static float[] FromInt8(ReadOnlySpan<sbyte> values, ReadOnlySpan<float> scales)
    {
        var weights = new float[values.Length];
        int columns = scales.Length > 0 ? values.Length / scales.Length : 0;
        for (int i = 0; i < weights.Length; i++)
            weights[i] = values[i] * scales[i / columns];
        return weights;
    }
}
