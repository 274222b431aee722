using System.Text.Json;
using System.Text.Json.Serialization;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Epochs, evaluations and comparisons as bytes, to be sent to another process: JSON of all that they hold.</summary>
public static class ResultFile
{
    /// <summary>An epoch with its run.</summary>
    public static byte[] ToBytes(MlpEpoch epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        return JsonSerializer.SerializeToUtf8Bytes(new EpochContent(epoch, epoch.Details), CheckpointFile.Json);
    }

    /// <summary>An evaluation.</summary>
    public static byte[] ToBytes(MlpEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return JsonSerializer.SerializeToUtf8Bytes(evaluation, CheckpointFile.Json);
    }

    /// <summary>A comparison.</summary>
    public static byte[] ToBytes(MlpComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var content = new ComparisonContent(
            comparison.Dataset, comparison.Samples, comparison.BothRight, comparison.OnlyFirstRight, comparison.OnlySecondRight);
        return JsonSerializer.SerializeToUtf8Bytes(content, CheckpointFile.Json);
    }

    /// <summary>Reads an epoch.</summary>
    /// <exception cref="MlpException">The bytes hold none.</exception>
    public static MlpEpoch ReadEpoch(Stream stream)
    {
        EpochContent content = Read<EpochContent>(stream);
        return content is { Epoch: { } epoch, Run: { Name: not null, Architecture: not null, Options: not null } run }
            ? epoch with { Details = run }
            : throw Invalid("something is missing");
    }

    /// <summary>Reads an evaluation.</summary>
    /// <exception cref="MlpException">The bytes hold none.</exception>
    public static MlpEvaluation ReadEvaluation(Stream stream)
    {
        MlpEvaluation evaluation = Read<MlpEvaluation>(stream);
        bool isWhole = evaluation is { Dataset: not null, Model: not null, Classes: not null }
            && evaluation.Classes.All(score => score is { Class: not null })
            && evaluation.Targets.All(score => score is { Target: not null })
            && !evaluation.CalibrationBins.Contains(null!)
            && (evaluation.ConfusionMatrix is not { } matrix
                || (matrix.RowCount == evaluation.Classes.Count && matrix.ColumnCount == evaluation.Classes.Count));
        return isWhole ? evaluation : throw Invalid("something is missing");
    }

    /// <summary>Reads a comparison.</summary>
    /// <exception cref="MlpException">The bytes hold none.</exception>
    public static MlpComparison ReadComparison(Stream stream)
    {
        ComparisonContent content = Read<ComparisonContent>(stream);
        (string dataset, int samples, int both, int onlyFirst, int onlySecond) = content;
        return dataset is null ? throw Invalid("something is missing")
            : both < 0 || onlyFirst < 0 || onlySecond < 0 || (long)both + onlyFirst + onlySecond > samples || samples == 0
            ? throw Invalid("the counts don't add up")
            : new MlpComparison(dataset, samples, both, onlyFirst, onlySecond);
    }

    private static T Read<T>(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            return JsonSerializer.Deserialize<T>(stream, CheckpointFile.Json) ?? throw Invalid("there is nothing");
        }
        catch (JsonException failure)
        {
            throw Invalid(failure.Message);
        }
    }

    private static MlpException Invalid(string what) =>
        new("InvalidResultContent", MlpErrorKind.InvalidData, $"The bytes are no epoch, evaluation or comparison: {what}.");

    private sealed record EpochContent(MlpEpoch Epoch, MlpRun Run);

    private sealed record ComparisonContent(string Dataset, int Samples, int BothRight, int OnlyFirstRight, int OnlySecondRight);
}

/// <summary>A matrix as the rows that it has.</summary>
internal sealed class MatrixConverter : JsonConverter<Matrix<double>>
{
    public override Matrix<double>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        double[][]? rows = JsonSerializer.Deserialize<double[][]>(ref reader, options);
        return rows is null or { Length: 0 } ? null
            : Array.TrueForAll(rows, row => row?.Length > 0 && row.Length == rows[0].Length) ? DenseMatrix.OfRowArrays(rows)
            : throw new JsonException("The rows of a matrix have different lengths.");
    }

    public override void Write(Utf8JsonWriter writer, Matrix<double> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.ToRowArrays(), options);
}
