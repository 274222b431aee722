using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures;

/// <summary>What objects look like in a terminal, where a row of a table would not do.</summary>
public static class Cards
{
    // From little to all, on grounds of xterm's 256 colours: what is right in blue, what is wrong in orange.
    private static readonly int[] _right = [195, 153, 111, 69, 26];
    private static readonly int[] _wrong = [230, 223, 215, 208, 166];

    // Of layers and classes, what a screen takes beside the rest of a card.
    private const int MostRows = 20;
    private const int LeastName = 12;
    private const int LongestShape = 24;
    private const int MostCharacters = 500;

    /// <summary>A data set: how many samples of what, and what they are for.</summary>
    public static IEnumerable<string> Of(MlpDataset dataset, CardStyle style)
    {
        IReadOnlyList<DataColumn> columns = dataset.Columns;
        string count = Figures.Count(dataset.FeatureCount);
        string[] features = dataset.ImageShape is { } shape ? [$"{count}: images of {shape} pixels"]
            : columns.Count == 0 ? [count]
            : [$"{count}: {columns[0].Name}", .. columns.Skip(1).Select(column => column.Name)];
        IEnumerable<string> classes = dataset.ClassNames.Zip(
            dataset.ClassCounts.Select(count => $" ({count})").Concat(Enumerable.Repeat(string.Empty, dataset.ClassCount)), string.Concat);
        return new Card(style)
            .Add("Name", dataset.Name)
            .Add("Samples", Figures.Count(dataset.Count))
            .AddList(columns.Count > 0 ? "Columns" : "Features", features)
            .AddList("Classes", dataset.HasTargets ? [] : classes)
            .AddList("Targets", dataset.TargetNames)
            .Add(
                "Range",
                dataset.Range is [float low, float high]
                    ? string.Create(CultureInfo.InvariantCulture, $"{low:0.####} to {high:0.####}")
                    : null)
            .AddList(
                "Missing",
                columns.Concat(dataset.LabelColumns)
                    .Where(column => column.MissingCount > 0)
                    .Select(column => $"{column.Name} ({column.MissingCount})"))
            .Add("Memory", dataset.IsStreamed ? null : Figures.Bytes(dataset.MemoryBytes))
            .Add("Streamed", dataset.IsStreamed ? "from its file, chunk by chunk" : null)
            .Lines();
    }

    /// <summary>A model: a row for each layer, and what they add up to.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">What it is called; null for nothing.</param>
    /// <param name="style">How wide the terminal is.</param>
    public static IEnumerable<string> Of(MlpModel model, string? name, CardStyle style)
    {
        IReadOnlyList<MlpLayer> layers = model.Layers;
        int left = layers.Count > MostRows ? layers.Count - MostRows : 0;
        IEnumerable<MlpLayer> shown = left == 0 ? layers : [.. layers.Take(MostRows / 2), .. layers.Skip(layers.Count - (MostRows / 2))];
        string total = model.ArchitectureWithin(LongestShape);
        string[][] rows =
        [
            ["Layer", "Shape", "Activation", "Parameters"],
            .. shown.Select(layer => new[]
            {
                layer.Name,
                $"{layer.InputSize} → {layer.OutputSize}",
                layer.Normalization is null ? layer.ActivationName : $"BatchNorm {layer.ActivationName}",
                Figures.Count(layer.ParameterCount),
            }),
            ["Total", total, string.Empty, Figures.Count(model.ParameterCount)],
        ];
        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length))];
        string Row(string[] row) =>
            $"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2].PadRight(widths[2])}  {row[3].PadLeft(widths[3])}";
        string rule = string.Join("  ", widths.Select(width => new string('-', width)));
        yield return style.Label(Row(rows[0]));
        yield return style.Label(rule);
        for (int i = 1; i < rows.Length - 1; i++)
        {
            if (left > 0 && i == (MostRows / 2) + 1)
                yield return $"… {Figures.Count(left)} more layers";
            yield return Row(rows[i]);
        }

        yield return style.Label(rule);
        yield return Row(rows[^1]);
        yield return string.Empty;
        MlpEpoch? last = model.History.Count > 0 ? model.History[^1] : null;
        string set = last?.TestLoss is not null ? "test" : last?.ValidationLoss is not null ? "validation" : "training";
        double? accuracy = last?.TestAccuracy ?? last?.ValidationAccuracy, r2 = last?.TestR2 ?? last?.ValidationR2;
        var card = new Card(style)
            .Add("Name", name)
            .Add("Loss", string.Join(", ", model.LossOptions.Given.Select(OptionText).Prepend($"{model.Loss}")))
            .AddList(model.Output.Kind != OutputKind.Numbers ? "Classes" : "Targets", model.ClassNames)
            .Add(
                "Decides",
                model.Output.Decision is { Threshold: { } threshold }
                    ? string.Create(CultureInfo.InvariantCulture, $"{model.Output.PositiveClass} from a probability of {threshold:G6}")
                    : null)
            .Add("Calibrated", CalibrationOf(model.Output))
            .Add("Memory", Figures.Bytes(sizeof(float) * model.ParameterCount))
            .Add("Trained", model.EpochsTrained == 0 ? "not yet" : $"{model.EpochsTrained} epochs")
            .Add("Accuracy", accuracy is { } share ? $"{Figures.Percent(share)} on the {set} set" : null)
            .Add("R2", r2 is { } explained ? $"{Figures.Loss(explained)} on the {set} set" : null);
        foreach (string line in card.Lines())
            yield return line;
    }

    /// <summary>An evaluation: its figures, those of each class, and the confusion matrix as a heat map where it fits.</summary>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="name">What the model is called; null for nothing.</param>
    /// <param name="style">How wide the terminal is.</param>
    public static IEnumerable<string> Of(MlpEvaluation evaluation, string? name, CardStyle style)
    {
        var card = new Card(style)
            .Add("Name", name)
            .Add("Model", evaluation.Model)
            .Add("Dataset", evaluation.Dataset)
            .Add("Group", evaluation.Group is { Length: 0 } ? "(missing)" : evaluation.Group)
            .Add("Samples", Figures.Count(evaluation.Samples))
            .Add("Loss", Figures.Loss(evaluation.Loss))
            .Add("Accuracy", AccuracyOf(evaluation))
            .Add("MacroF1", evaluation.MacroF1 is { } f1 ? Figures.Percent(f1) : null)
            .Add("RocAuc", evaluation.RocAuc is { } area ? Figures.Loss(area) : null)
            .Add("R2", evaluation.R2 is { } r2 ? Figures.Loss(r2) : null)
            .Add("Coverage", CoverageOf(evaluation))
            .Add("MeanAbsoluteError", evaluation.MeanAbsoluteError is { } distance ? Figures.Value(distance) : null)
            .Add("RootMeanSquaredError", evaluation.RootMeanSquaredError is { } root ? Figures.Value(root) : null)
            .Add("MedianAbsoluteError", evaluation.MedianAbsoluteError is { } median ? Figures.Value(median) : null);
        IEnumerable<string> lines = card.Lines();
        if (evaluation.Classes.Count > 0)
            lines = [.. lines, string.Empty, .. Scores(evaluation, style)];
        if (evaluation.Targets.Count > 1)
            lines = [.. lines, string.Empty, .. Scores(evaluation.Targets, style)];
        return evaluation.ConfusionMatrix is { } matrix
            ? [.. lines, string.Empty, .. Confusion(matrix, [.. evaluation.Classes.Select(score => Printable.Of(score.Class))], style)]
            : lines;
    }

    /// <summary>What makes a model say how sure it is; null for nothing.</summary>
    internal static string? CalibrationOf(OutputHead head)
    {
        string? method = head.Calibration is not { } calibration ? null
            : calibration.Curves.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"temperature {calibration.Temperature:G4}")
            : calibration.Curves[0].Scores.Count == 0 ? "Platt" : "isotonic";
        string? scores = head.Conformal is { } conformal
            ? $"scores of {Figures.Count(conformal.Count)} samples{(conformal.Companions.Count switch
            {
                0 => string.Empty,
                1 => " by a spread",
                _ => " by quantiles",
            })}"
            : null;
        return method is null ? scores : scores is null ? method : $"{method}, {scores}";
    }

    private static string? CoverageOf(MlpEvaluation evaluation)
    {
        if (evaluation is not { Coverage: { } coverage, Confidence: { } asked, MeanSize: { } size })
            return null;
        string what = evaluation.Accuracy is null ? $"intervals {Figures.Value(size)} wide" : $"sets of {Figures.Value(size)}";
        return $"{Figures.Percent(coverage)} of {Figures.Percent(asked)} asked, by {what}";
    }

    private static string? AccuracyOf(MlpEvaluation evaluation) =>
        evaluation is { Accuracy: { } accuracy, AccuracyLow: { } low, AccuracyHigh: { } high }
            ? $"{Figures.Percent(accuracy)} (95 % interval: {Figures.Percent(low)} to {Figures.Percent(high)})"
            : null;

    /// <summary>A comparison of two models.</summary>
    public static IEnumerable<string> Of(MlpComparison comparison, CardStyle style) => new Card(style)
        .Add("Dataset", comparison.Dataset)
        .Add("Samples", Figures.Count(comparison.Samples))
        .Add("Accuracies", $"{Figures.Percent(comparison.FirstAccuracy)} and {Figures.Percent(comparison.SecondAccuracy)}")
        .Add(
            "Difference",
            $"{Signed(comparison.Difference)}, with 95 % confidence from {Signed(comparison.DifferenceLow)} to "
            + $"{Signed(comparison.DifferenceHigh)}")
        .Add("OnlyFirstRight", Figures.Count(comparison.OnlyFirstRight))
        .Add("OnlySecondRight", Figures.Count(comparison.OnlySecondRight))
        .Add("PValue", comparison.PValue.ToString("G3", CultureInfo.InvariantCulture))
        .Lines();

    /// <summary>What is left of an object that nothing more is known of: its facts.</summary>
    public static IEnumerable<string> Of(IEnumerable<KeyValuePair<string, object?>> facts, CardStyle style)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var card = new Card(style);
        foreach ((string name, object? value) in facts)
            card.Add(name, Printable.Of(PredictionColumns.TextOf(value) ?? string.Empty, MostCharacters));
        return card.Lines();
    }

    private static IEnumerable<string> Scores(MlpEvaluation evaluation, CardStyle style)
    {
        bool areMany = evaluation.Classes.Count > MostRows;
        IEnumerable<MlpClassScore> shown = areMany
            ? evaluation.Classes.Where(score => score.Support > 0).OrderBy(score => score.F1).Take(MostRows)
            : evaluation.Classes;
        string[] note = areMany ? [style.Label($"the weakest of {Figures.Count(evaluation.Classes.Count)} classes")] : [];
        return note.Concat(Named("Class", $" {"Precision",10} {"Recall",10} {"F1",10} {"Support",8}", style, [.. shown.Select(score => (
            score.Class,
            $" {Figures.Percent(score.Precision),10} {Figures.Percent(score.Recall),10} {Figures.Percent(score.F1),10} "
                + $"{Figures.Count(score.Support),8}"))]));
    }

    private static IEnumerable<string> Scores(IReadOnlyList<MlpTargetScore> targets, CardStyle style)
    {
        int left = targets.Count - MostRows;
        string[] note = left > 0 ? [$"… {Figures.Count(left)} more targets"] : [];
        return Named("Target", $" {"R2",10} {"MeanAbsErr",12} {"RootMeanSqErr",13}", style, [.. targets.Take(MostRows).Select(score => (
            score.Target,
            $" {Figures.Loss(score.R2),10} {Figures.Value(score.MeanAbsoluteError),12} "
                + $"{Figures.Value(score.RootMeanSquaredError),13}"))]).Concat(note);
    }

    /// <summary>A table of figures that are each of something with a name, which is cut where there is no room for all of it.</summary>
    private static IEnumerable<string> Named(string label, string heads, CardStyle style, (string Name, string Figures)[] rows)
    {
        int longest = rows.Select(row => TerminalText.Width(row.Name)).Append(LeastName).Max();
        int width = Math.Min(longest, Math.Max(style.Columns - heads.Length - 1, LeastName));
        yield return style.Label(label.PadRight(width) + heads);
        foreach ((string name, (_, string figures)) in TerminalText.CutApart(rows.Select(row => row.Name), width).Zip(rows))
            yield return TerminalText.PadRight(name, width) + figures;
    }

    private static IEnumerable<string> Confusion(Matrix<double> matrix, string[] names, CardStyle style)
    {
        int longest = names.Max(TerminalText.Width), figures = Math.Max(3, matrix.Enumerate().Max(count => Figures.Count(count).Length));

        // Names in full where they fit, and cut where only that makes the matrix fit.
        int least = Math.Max(Math.Min(longest, LeastName), figures) + 2, room = (style.Columns - 1) / (names.Length + 1);
        return room < least
            ? Confusions(matrix, names, style)
            : HeatMap(matrix, names, Math.Min(room, Math.Max(longest, figures) + 2), style);
    }

    private static IEnumerable<string> HeatMap(Matrix<double> matrix, string[] names, int width, CardStyle style)
    {
        names = TerminalText.CutApart(names, width - 1);
        string Cell(string text) => TerminalText.PadLeft(text, width - 1) + " ";
        yield return style.Label("true \\ predicted");
        yield return style.Label(Cell(string.Empty) + string.Concat(names.Select(Cell)));
        for (int row = 0; row < names.Length; row++)
        {
            double total = Math.Max(matrix.Row(row).Sum(), 1);
            int truth = row;
            yield return style.Label(Cell(names[row])) + string.Concat(Enumerable.Range(0, names.Length).Select(column =>
            {
                double count = matrix[truth, column];

                // The root shows what is rare beside what is not.
                int strength = Math.Min((int)(Math.Sqrt(count / total) * _right.Length), _right.Length - 1);
                int ground = (truth == column ? _right : _wrong)[strength];
                string text = Cell(Figures.Count(count));
                return style.Header.Length == 0 || count == 0
                    ? text
                    : $"\e[48;5;{ground};38;5;{(strength > 2 ? 231 : 16)}m{text}{CardStyle.Reset}";
            }));
        }
    }

    /// <summary>What is taken for what most often, where a matrix would not fit.</summary>
    private static IEnumerable<string> Confusions(Matrix<double> matrix, string[] names, CardStyle style)
    {
        yield return style.Label("most often confused");
        IEnumerable<(int Truth, int Predicted, double Count)> worst = matrix.EnumerateIndexed()
            .Where(cell => cell.Item1 != cell.Item2 && cell.Item3 > 0).OrderByDescending(cell => cell.Item3).Take(10);
        const string Between = " taken for ";
        string[] cut = TerminalText.CutApart(names, Math.Max((style.Columns - 9 - Between.Length) / 2, LeastName));
        foreach ((int truth, int predicted, double count) in worst)
            yield return $"{Figures.Count(count),6}  {cut[truth]}{Between}{cut[predicted]}";
    }

    private static string OptionText(KeyValuePair<string, double> option) =>
        string.Create(CultureInfo.InvariantCulture, $"{option.Key} {option.Value:R}");

    private static string Signed(double share) => FormattableString.Invariant($"{100 * share:+0.00;-0.00;0.00} %");
}
