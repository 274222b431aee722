using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files;

/// <summary>The lines of a calibration, for formats that hold formulas and no curves of points.</summary>
internal static class CalibrationLines
{
    /// <summary>The lines; none where there is a temperature.</summary>
    /// <exception cref="MlpException">The calibration has points.</exception>
    public static IReadOnlyList<CalibrationCurve> Of(OutputCalibration calibration, ModelFormat format) =>
        calibration.Curves.All(curve => curve.Scores.Count == 0) ? calibration.Curves : throw new MlpException(
            "CalibrationNotWritten",
            MlpErrorKind.InvalidArgument,
            $"An isotonic calibration can't be written as {format}. Calibrate the model by a temperature or Platt's lines, or write a copy "
            + "without a calibration.");
}
