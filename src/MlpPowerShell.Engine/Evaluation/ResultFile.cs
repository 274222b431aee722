using System.Text.Json;
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
        var content = new EvaluationContent(
            evaluation.Model,
            evaluation.Dataset,
            evaluation.Samples,
            evaluation.Loss,
            evaluation.Accuracy,
            evaluation.ConfusionMatrix?.ToRowArrays(),
            [.. evaluation.Classes.Select(of => new ClassContent(of.Class, of.Precision, of.Recall, of.F1, of.Support))],
            evaluation.MeanAbsoluteError,
            evaluation.RootMeanSquaredError,
            evaluation.R2);
        return JsonSerializer.SerializeToUtf8Bytes(content, CheckpointFile.Json);
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
        EvaluationContent content = Read<EvaluationContent>(stream);
        if (content is not { Dataset: not null, Classes: not null }
            || content.Classes.Contains(null!)
            || Array.Exists(content.Classes, of => of.Class is null)
            || content.Confusion?.Any(row => row?.Length != content.Classes.Length) == true
            || (content.Confusion is { Length: > 0 } matrix && matrix.Length != content.Classes.Length))
        {
            throw Invalid("something is missing");
        }

        return new MlpEvaluation(content.Model ?? string.Empty, content.Dataset, content.Samples, content.Loss)
        {
            Accuracy = content.Accuracy,
            ConfusionMatrix = content.Confusion is { Length: > 0 } rows ? DenseMatrix.OfRowArrays(rows) : null,
            Classes = [.. content.Classes.Select(of => new MlpClassScore(of.Class, of.Precision, of.Recall, of.F1, of.Support))],
            MeanAbsoluteError = content.MeanAbsoluteError,
            RootMeanSquaredError = content.RootMeanSquaredError,
            R2 = content.R2,
        };
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

    private sealed record EvaluationContent(
        string? Model,
        string Dataset,
        int Samples,
        double Loss,
        double? Accuracy,
        double[][]? Confusion,
        ClassContent[] Classes,
        double? MeanAbsoluteError,
        double? RootMeanSquaredError,
        double? R2);

    private sealed record ComparisonContent(string Dataset, int Samples, int BothRight, int OnlyFirstRight, int OnlySecondRight);

    private sealed record ClassContent(string Class, double Precision, double Recall, double F1, int Support);
}
