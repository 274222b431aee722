using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Pictures;

/// <summary>A picture with what is to be said of it.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="Caption">A few words, in one line or, where a line has no room for them, in those that line breaks make of them.</param>
/// <param name="IsRight">Whether what they say is right; null where that is not the question.</param>
public sealed record CaptionedPicture(Bitmap Picture, string Caption, bool? IsRight)
{
    /// <summary>A sample of a data set of images, with its label and, where there is one, the prediction.</summary>
    /// <exception cref="MlpException">The data set has no images, no such sample, or another one than was predicted.</exception>
    public static CaptionedPicture OfSample(MlpDataset dataset, int index, MlpPrediction? prediction)
    {
        ImageShape shape = ShapeOf(dataset.ImageShape, dataset.FeatureCount)
            ?? throw new MlpException(
                "NoImages",
                MlpErrorKind.InvalidArgument,
                $"{dataset.Name} has no images: {dataset.FeatureCount} features make no picture.");
        if (dataset.IsStreamed)
        {
            throw new MlpException(
                "NotInMemory",
                MlpErrorKind.InvalidArgument,
                $"{dataset.Name} is streamed from its file, where no single sample can be looked at.");
        }

        if (index < 0 || index >= dataset.Count)
        {
            throw new MlpException(
                "NoSuchSample",
                MlpErrorKind.InvalidArgument,
                $"{dataset.Name} has no sample {index}: they go from 0 to {dataset.Count - 1}.");
        }

        if (prediction?.MayBeFor(dataset) == false)
        {
            throw new MlpException(
                "OtherSamples",
                MlpErrorKind.Mismatch,
                $"The prediction for sample {index} has the label {PredictionColumns.TextOf(prediction.Label)}, and sample {index} of "
                + $"{dataset.Name} has {(LabelOf(dataset, index) is { Length: > 0 } label ? label : "none")}: give the data that were "
                + "predicted.");
        }

        float[] values = dataset.GetSample(index);
        float lowest = values.Min();
        Bitmap picture = Bitmap.Of(values, shape, showSign: lowest < 0, Math.Max(values.Max(), -lowest));
        return new CaptionedPicture(picture, CaptionOf(dataset, index, prediction), prediction?.IsCorrect);
    }

    /// <summary>The weights into a unit of the first layer: positive ones orange, negative ones blue, 0 black.</summary>
    /// <exception cref="MlpException">The model was not made for images, or has no such unit.</exception>
    public static CaptionedPicture OfWeights(MlpModel model, int unit)
    {
        ImageShape shape = ShapeOf(model.ImageShape, model.InputSize)
            ?? throw new MlpException(
                "NoImages", MlpErrorKind.InvalidArgument, $"{model} was not made for images: {model.InputSize} features make no picture.");
        if (unit < 0 || unit >= model.Layers[0].OutputSize)
        {
            throw new MlpException(
                "NoSuchUnit",
                MlpErrorKind.InvalidArgument,
                $"The first layer has no unit {unit}: they go from 0 to {model.Layers[0].OutputSize - 1}.");
        }

        float[] weights = model.Layers[0].Weights.Row(unit).ToArray();
        return new CaptionedPicture(Bitmap.Of(weights, shape, showSign: true, weights.Max(Math.Abs)), $"unit {unit}", null);
    }

    /// <summary>The shape that is known, or that of a square with as many features.</summary>
    private static ImageShape? ShapeOf(ImageShape? known, int features) => known ?? (features > 1 ? ImageShape.SquareOf(features) : null);

    private static string LabelOf(MlpDataset dataset, int index) => dataset.LabelColumns[0].TextAt(index) ?? string.Empty;

    private static string CaptionOf(MlpDataset dataset, int index, MlpPrediction? prediction)
    {
        string label = dataset.HasLabels ? Printable.Of(LabelOf(dataset, index)) : string.Empty;
        if (prediction is null)
            return $"{index}: {label}".TrimEnd(' ', ':');
        string sure = prediction.Confidence is { } confidence ? FormattableString.Invariant($" ({100 * confidence:0} %)") : string.Empty;
        string predicted = $"{index}: {Printable.Of(PredictionColumns.TextOf(prediction.Prediction) ?? string.Empty)}";
        return prediction.IsCorrect == true || label.Length == 0 ? predicted + sure : $"{predicted},\ntrue {label}{sure}";
    }
}
