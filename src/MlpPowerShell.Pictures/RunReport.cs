using System.Globalization;
using System.Net;
using System.Text;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures;

/// <summary>A page of HTML about a training, which needs nothing beside itself.</summary>
public sealed partial class RunReport
{
    private const int ChartWidth = 820;
    private const int MostMistakes = 36;
    private const int MostNames = 20;
    private const int MostThresholds = 500;
    private const int MostTargets = 6;

    /// <summary>The model that was trained.</summary>
    public required MlpModel Model { get; init; }

    /// <summary>The epochs of its training, the last ones of the last run; none where a model came from a file without them.</summary>
    public required IReadOnlyList<MlpEpoch> Epochs { get; init; }

    /// <summary>What the model is measured on; without it, the report has no evaluation.</summary>
    public MlpDataset? TestData { get; init; }

    /// <summary>The heading; without it, the run's name, or the model's architecture.</summary>
    public string? Title { get; init; }

    /// <summary>Stops the work.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Measures the model and writes the report.</summary>
    /// <exception cref="Engine.MlpException">The model does not fit the data, or the file can't be written.</exception>
    public void Save(string path)
    {
        byte[] page = Encoding.UTF8.GetBytes(ToHtml());
        AtomicFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>Measures the model and gives the report's text.</summary>
    /// <exception cref="Engine.MlpException">The model does not fit the data.</exception>
    public string ToHtml()
    {
        MlpEpoch? last = Epochs.Count > 0 ? Epochs[^1] : null;
        var predictor = new MlpPredictor(Model, Cancellation);
        MlpEvaluation? evaluation = TestData is null ? null : predictor.Measure(TestData);
        string title = Title ?? last?.Run ?? Model.Architecture;
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{Text(title)}}</title>
            <style>
            body { font: 15px/1.5 Arial, Helvetica, sans-serif; color: #222; max-width: 860px; margin: 2em auto; padding: 0 1em; }
            h1 { font-size: 1.6em; font-weight: normal; }
            h2 { font-size: 1.2em; font-weight: normal; margin-top: 2em; border-bottom: 1px solid #ddd; }
            table { border-collapse: collapse; }
            th, td { padding: .2em .8em .2em 0; text-align: left; vertical-align: top; }
            td.n, th.n { text-align: right; }
            tr + tr { border-top: 1px solid #eee; } th { font-weight: normal; color: #666; }
            img { max-width: 100%; height: auto; } pre { background: #f4f4f4; padding: .8em; white-space: pre-wrap; }
            </style>
            </head>
            <body>
            <h1>{{Text(title)}}</h1>

            """);
        AppendSummary(page, last, evaluation);
        if (last is not null)
        {
            AppendHeading(page, "Learning curves");
            AppendDrawing(
                page,
                Charts.LearningCurves([.. Epochs.Select(CurvePoint.Of)], string.Empty, ChartWidth, 520),
                "Losses, and accuracies or R2, over the epochs");
        }

        if (evaluation?.ConfusionMatrix is not null)
        {
            AppendHeading(page, "Confusion matrix");
            AppendDrawing(
                page, Charts.ConfusionMatrix(evaluation, string.Empty, ChartWidth, 620), "True classes down, predicted ones across");
        }

        if (evaluation is { Classes.Count: > 0 })
            AppendClasses(page, evaluation);
        AppendProbabilities(page, predictor, evaluation);
        if (TestData is { HasLabels: true, ImageShape: not null, IsStreamed: false })
            AppendMistakes(page, predictor, TestData);
        if (evaluation?.R2 is not null && TestData is not null)
            AppendPredictions(page, predictor, TestData);
        AppendColumns(page);
        if (last is not null)
        {
            AppendHeading(page, Trainings().Length > 0 ? "Options of the last training" : "Options");
            AppendTable(page, last.Details.Options.Select(option => (option.Key, option.Value)));
            AppendHeading(page, "Environment");
            AppendTable(page, Environment(last.Details));
            AppendReproduction(page, last.Details);
        }

        return page.Append("</body>\n</html>\n").ToString();
    }

    private void AppendProbabilities(StringBuilder page, MlpPredictor predictor, MlpEvaluation? evaluation)
    {
        // Of two classes, where the test set has both.
        if (TestData is not null && evaluation is { RocAuc: { } area, AveragePrecision: { } precision, ConfusionMatrix.RowCount: 2 })
        {
            IReadOnlyList<MlpThreshold> rows = predictor.Thresholds(TestData, most: MostThresholds);
            AppendHeading(page, $"Thresholds of {rows[0].PositiveClass}");
            string under = Figures.Loss(area), mean = Figures.Loss(precision);
            AppendDrawing(page, Charts.Roc(rows, $"ROC, area {under}", ChartWidth, 480), "True against false positives");
            AppendDrawing(
                page, Charts.PrecisionRecall(rows, $"Average precision {mean}", ChartWidth, 480), "Precision against recall");
        }

        if (evaluation is { CalibrationBins.Count: > 0 })
        {
            AppendHeading(page, "Calibration");
            AppendDrawing(
                page, Charts.Calibration(evaluation, string.Empty, ChartWidth, 480), "How many are right against how sure they are");
        }
    }

    private void AppendSummary(StringBuilder page, MlpEpoch? last, MlpEvaluation? evaluation)
    {
        MlpEpoch? best = Epochs.LastOrDefault(epoch => epoch.IsBest) ?? last;
        var time = new TimeSpan(Epochs.Sum(epoch => epoch.Elapsed.Ticks));
        AppendTable(page,
        [
            ("Model", $"{Model.Architecture}: {Model.Activations}"),
            ("Parameters", Model.ParameterCount.ToString("N0", CultureInfo.InvariantCulture)),
            ("Predicts", Predicted()),
            .. Cards.CalibrationOf(Model.Output) is { } calibrated ? new[] { ("Calibrated", calibrated) } : [],
            .. last is null ? new[]
            {
                ("Epochs", Model.EpochsTrained == 0
                    ? "none: the model is not trained"
                    : $"{Model.EpochsTrained}, of which the file of the model tells nothing"),
            } :
            [
                ("Epochs", FormattableString.Invariant($"{Epochs.Count}, the best of them {best!.Epoch}")),
                ("Trained", $"{TimeOf(last.Details.Started)}, in {Figures.Seconds(time)} s"),
                ("Training loss", Figures.Loss(last.TrainingLoss)),
                .. Trainings(),
            ],
            ("Written", TimeOf(DateTimeOffset.UtcNow)),
            .. evaluation is null ? Array.Empty<(string, string)>() :
            [
                ("Measured on", $"{evaluation.Dataset}, {evaluation.Samples.ToString("N0", CultureInfo.InvariantCulture)} samples"),
                ("Loss", Figures.Loss(evaluation.Loss)),
                .. Given("Accuracy", evaluation.Accuracy, Figures.Percent),
                .. Given("R²", evaluation.R2, Figures.Loss),
                .. Given("Mean absolute error", evaluation.MeanAbsoluteError, Figures.Value),
                .. Given("Root mean squared error", evaluation.RootMeanSquaredError, Figures.Value),
            ],
        ]);
    }

    /// <summary>The trainings that the epochs are of, where they are of several.</summary>
    private (string, string)[] Trainings()
    {
        string[] runs = [.. Epochs.GroupBy(epoch => epoch.Details.Started)
            .Select(run => $"{run.First().Run} ({Listing.Count(run.Count(), "epoch")})")];
        return runs.Length > 1 ? [("Trainings", string.Join(", then ", runs))] : [];
    }

    private static string TimeOf(DateTimeOffset? moment) =>
        moment?.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "at a time that was not kept";

    private string Predicted()
    {
        int count = Model.ClassNames.Count;
        string more = count > MostNames ? $" and {Figures.Count(count - MostNames)} more" : string.Empty;
        string names = string.Join(", ", Model.ClassNames.Take(MostNames)) + more;
        return Model.Output.Kind switch
        {
            OutputKind.Numbers => names,
            OutputKind.Labels => $"which of the labels {names} hold",
            OutputKind.Classes => $"{Model.Output.Label ?? "the class"}: one of {names}",
        };
    }

    private void AppendPredictions(StringBuilder page, MlpPredictor predictor, MlpDataset data)
    {
        MlpPrediction[] predictions = [.. predictor.Predict(data)];
        IReadOnlyList<string> targets = Model.Output.Names;
        for (int i = 0; i < Math.Min(targets.Count, MostTargets); i++)
        {
            int target = i;
            (double True, double Predicted)[] pairs =
                [.. predictions.Select(prediction => NumberPair.Of(prediction, target)).OfType<(double, double)>()];
            if (pairs.Length == 0)
                continue;
            AppendHeading(page, targets.Count > 1 ? $"Predictions of {Text(targets[target])}" : "Predictions");
            AppendDrawing(
                page,
                Charts.Predictions(pairs, string.Empty, ChartWidth, 620),
                "Predicted numbers against the true ones, and how far they are off");
        }

        if (targets.Count > MostTargets)
            page.Append(CultureInfo.InvariantCulture, $"<p>And {Figures.Count(targets.Count - MostTargets)} more.</p>\n");
    }

    private static (string, string)[] Given(string name, double? value, Func<double, string> text) =>
        value is { } number ? [(name, text(number))] : [];

    private static IEnumerable<(string Name, string Value)> Environment(MlpRun run)
    {
        yield return ("MlpPowerShell", run.Version);
        yield return ("Platform", run.Platform);
        yield return ("Training data", run.TrainingData);
        if (run.ValidationData is { } validation)
            yield return ("Validation data", validation);
        if (run.TestData is { } test)
            yield return ("Test data", test);
        yield return ("First weights", run.InitialWeights
            + (run.InitialSeed is { } seed ? FormattableString.Invariant($", seed {seed}") : string.Empty));
    }

    private static void AppendClasses(StringBuilder page, MlpEvaluation evaluation)
    {
        AppendHeading(page, "Classes");
        page.Append("<table>\n<tr><th>class</th><th class=\"n\">precision</th><th class=\"n\">recall</th><th class=\"n\">F1</th><th "
            + "class=\"n\">samples</th></tr>\n");
        foreach (MlpClassScore score in evaluation.Classes)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Text(score.Class)}</td><td class=\"n\">{Figures.Percent(score.Precision)}</td><td "
                + $"class=\"n\">{Figures.Percent(score.Recall)}</td>")
                .Append(
                    CultureInfo.InvariantCulture,
                    $"<td class=\"n\">{Figures.Percent(score.F1)}</td><td class=\"n\">{score.Support:N0}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void AppendMistakes(StringBuilder page, MlpPredictor predictor, MlpDataset data)
    {
        MlpPrediction[] wrong = [.. predictor.Predict(data).Where(prediction => prediction.IsCorrect == false)];
        if (wrong.Length == 0)
            return;
        AppendHeading(page, "Worst mistakes");
        page.Append(CultureInfo.InvariantCulture, $"<p>Of {wrong.Length:N0}, those that the model is surest of.</p>\n");
        CaptionedPicture[] worst = [.. wrong.OrderByDescending(prediction => prediction.Confidence)
            .Take(MostMistakes)
            .Select(prediction => CaptionedPicture.OfSample(data, prediction.Index, prediction))];
        AppendDrawing(page, PictureSheet.Of(worst, string.Empty, ChartWidth), "Samples with their labels and what was predicted");
    }

    private void AppendReproduction(StringBuilder page, MlpRun run)
    {
        AppendHeading(page, "How to reproduce it");
        bool isPart = run.Options.ContainsKey(nameof(TrainingOptions.ValidationFraction));
        var script = new StringBuilder(isPart
            ? "# With the data in $train of which the fingerprint above is what was left for training"
            : "# With data of the fingerprints above in $train");
        script.Append(run.ValidationData is not null && !isPart
            ? ", $validation"
            : string.Empty)
            .Append(run.TestData is null ? "\n" : " and $test\n");
        if (run.InitialSeed is { } seed)
        {
            string layers = string.Join(
                ", ", Model.Layers.SkipLast(1).Select(layer => FormattableString.Invariant($"{layer.OutputSize} {layer.ActivationName}")));
            script.Append(CultureInfo.InvariantCulture, $"$model = New-MlpModel '{layers}' -Dataset $train -Loss {Model.Loss}")
                .Append(string.Concat(Model.LossOptions.Given.Select(option => Argument(option.Key, Invariant(option.Value)))))
                .Append(Model.HasBatchNormalization ? " -BatchNormalization" : string.Empty)
                .Append(Model.NormalizationEpsilon is { } epsilon and not BatchNormalization.DefaultEpsilon
                    ? Argument(nameof(Model.NormalizationEpsilon), Invariant(epsilon))
                    : string.Empty)
                .Append(run.Initializer is null or Initializer.Default ? string.Empty : $" -Initializer {run.Initializer}")
                .Append(CultureInfo.InvariantCulture, $" -Seed {seed}    # with the same options of columns\n");
        }
        else
        {
            script.Append("# $model: weights of the fingerprint above, which came from a file or an earlier training\n");
        }

        script.Append("Invoke-MlpTraining $model $train").Append(run.TestData is null ? string.Empty : " -TestData $test");
        if (run.ValidationData is not null && !isPart)
            script.Append(" -ValidationData $validation");
        foreach ((string name, string value) in run.Options)
            script.Append(Argument(name, value));
        page.Append(CultureInfo.InvariantCulture, $"<pre>{string.Join('\n', script.ToString().Split('\n').Select(Text))}</pre>\n");
        page.Append(
            "<p>On the same type of processor this gives the same bits, whatever the number of threads, with all that New-MlpModel was "
            + "given about columns.</p>\n");
    }

    private static string Invariant(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Argument(string name, string value) => (name, value) switch
    {
        (_, "True") => $" -{name}",
        (nameof(TrainingOptions.ClassWeight), not "Balanced") => " -ClassWeight $weights",
        _ => $" -{name} {value}",
    };

    private static void AppendHeading(StringBuilder page, string heading) =>
        page.Append(CultureInfo.InvariantCulture, $"<h2>{heading}</h2>\n");

    /// <summary>
    /// Puts a drawing into the page as a picture of its own: drawings side by side would share the names that they clip by.
    /// </summary>
    private static void AppendDrawing(StringBuilder page, Drawing drawing, string description) => page.Append(
        CultureInfo.InvariantCulture,
        $"<img alt=\"{description}\" width=\"{drawing.Width}\" height=\"{drawing.Height}\" "
        + $"src=\"data:image/svg+xml;base64,{Convert.ToBase64String(drawing.ToSvg())}\">\n");

    private static void AppendTable(StringBuilder page, IEnumerable<(string Name, string Value)> rows)
    {
        page.Append("<table>\n");
        foreach ((string name, string value) in rows)
            page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(name)}</th><td>{Text(value)}</td></tr>\n");
        page.Append("</table>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(Printable.Of(text));
}
