using System.Globalization;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;
using MlpPowerShell.Pictures;

namespace MlpPowerShell;

/// <summary>
/// Reads points of learning curves from what comes down a pipeline: epochs, rows of a CSV that they were exported to, models.
/// </summary>
internal static class CurvePoints
{
    /// <summary>The points of an object.</summary>
    /// <param name="input">The object.</param>
    /// <param name="culture">The culture in which its texts write numbers; null for none.</param>
    /// <exception cref="MlpException">It is no epoch, or a model without a history, or this machine does not know the culture.</exception>
    public static IEnumerable<CurvePoint> Of(PSObject input, CultureInfo? culture)
    {
        if (culture is not null && !TextConventions.IsKnown(culture))
        {
            throw new MlpException(
                "UnknownCulture",
                MlpErrorKind.InvalidArgument,
                $"This machine knows no culture {culture.Name}; -Culture takes one as de-DE, in which texts write numbers.");
        }

        return PointsOf(input, culture);
    }

    private static IEnumerable<CurvePoint> PointsOf(PSObject input, CultureInfo? culture) => input.BaseObject switch
    {
        MlpEpoch epoch => [CurvePoint.Of(epoch)],
        MlpModel { History.Count: > 0 } model => model.History.Select(CurvePoint.Of),
        MlpModel model => throw new MlpException(
            "NoHistory", MlpErrorKind.InvalidArgument, $"{model} has no history: it was not trained in this session."),
        _ => [PointOf(input, culture)
            ?? throw new MlpException(
                "NotAnEpoch",
                MlpErrorKind.InvalidData,
                $"A {input.BaseObject.GetType().Name} is no epoch: it needs a property Epoch and one or more of "
                + $"{string.Join(", ", _figures)}.")],
    };

    private static readonly string[] _figures =
    [
        nameof(CurvePoint.TrainingLoss), nameof(CurvePoint.ValidationLoss), nameof(CurvePoint.TestLoss),
        nameof(CurvePoint.TrainingAccuracy), nameof(CurvePoint.ValidationAccuracy), nameof(CurvePoint.TestAccuracy),
        nameof(CurvePoint.TrainingR2), nameof(CurvePoint.ValidationR2), nameof(CurvePoint.TestR2),
    ];

    /// <summary>The point of an object that has an epoch's properties, or null.</summary>
    private static CurvePoint? PointOf(PSObject input, CultureInfo? culture)
    {
        double?[] figures = Array.ConvertAll(_figures, name => NumberOf(input, name, culture));
        return NumberOf(input, nameof(CurvePoint.Epoch), culture) is { } epoch && Array.Exists(figures, figure => figure is not null)
            ? new CurvePoint(InputProperties.TryGet(input, nameof(CurvePoint.Run), out object? run) ? $"{run}" : string.Empty, epoch)
            {
                Seed = InputProperties.TryGet(input, nameof(CurvePoint.Seed), out object? seed) && seed is not null ? $"{seed}" : null,
                TrainingLoss = figures[0],
                ValidationLoss = figures[1],
                TestLoss = figures[2],
                TrainingAccuracy = figures[3],
                ValidationAccuracy = figures[4],
                TestAccuracy = figures[5],
                TrainingR2 = figures[6],
                ValidationR2 = figures[7],
                TestR2 = figures[8],
            }
            : null;
    }

    private static double? NumberOf(PSObject input, string name, CultureInfo? culture)
    {
        if (!InputProperties.TryGet(input, name, out object? value) || value is null or "")
            return null;
        if (value is "∞" or "-∞")
            return double.PositiveInfinity;
        if (value is string text && culture is not null && double.TryParse(text, NumberStyles.Float, culture, out double number))
            return number;
        try
        {
            return CellReader.Number(value);
        }
        catch (ArgumentTransformationMetadataException refused)
        {
            string advice = culture is null && value is string other && other.Contains(',')
                ? " With -Culture de-DE, or the like, they are read as that culture writes them."
                : string.Empty;
            throw new MlpException("NotAnEpoch", MlpErrorKind.InvalidData, $"{name}: {refused.Message}{advice}", refused);
        }
    }
}
