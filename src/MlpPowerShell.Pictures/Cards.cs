using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
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

    /// <summary>A data set: how many samples of what, and what they are for.</summary>
    public static IEnumerable<string> Of(MlpDataset dataset, CardStyle style)
    {
        IReadOnlyList<DataColumn> columns = dataset.Columns;
        string features = dataset.ImageShape is { } shape ? $": images of {shape} pixels"
            : columns.Count == 0 ? string.Empty
            : $": {string.Join(", ", columns.Select(column => column.Name))}";
        IEnumerable<string> classes = dataset.ClassNames.Zip(
            dataset.ClassCounts.Select(count => $" ({count})").Concat(Enumerable.Repeat(string.Empty, dataset.ClassCount)), string.Concat);
        return new Card(style)
            .Add("Name", dataset.Name)
            .Add("Samples", Number(dataset.Count))
            .Add(columns.Count > 0 ? "Columns" : "Features", dataset.FeatureCount + features)
            .Add("Classes", dataset.HasTargets ? null : string.Join(", ", classes))
            .Add("Targets", string.Join(", ", dataset.TargetNames))
            .Add(
                "Range",
                dataset.Range is [float low, float high]
                    ? string.Create(CultureInfo.InvariantCulture, $"{low:0.####} to {high:0.####}")
                    : null)
            .Add(
                "Missing",
                string.Join(
                    ", ",
                    columns.Concat(dataset.LabelColumns)
                        .Where(column => column.MissingCount > 0)
                        .Select(column => $"{column.Name} ({column.MissingCount})")))
            .Add("Memory", dataset.IsStreamed ? null : Bytes(dataset.MemoryBytes))
            .Add("Streamed", dataset.IsStreamed ? "from its file, chunk by chunk" : null)
            .Lines();
    }

    /// <summary>A model: a row for each layer, and what they add up to.</summary>
    public static IEnumerable<string> Of(MlpModel model, CardStyle style)
    {
        string[][] rows =
        [
            ["Layer", "Shape", "Activation", "Parameters"],
            .. model.Layers.Select(layer => new[]
            {
                layer.Name,
                $"{layer.InputSize} → {layer.OutputSize}",
                layer.Normalization is null ? layer.ActivationName : $"BatchNorm {layer.ActivationName}",
                Number(layer.ParameterCount),
            }),
            ["Total", model.Architecture, string.Empty, Number(model.ParameterCount)],
        ];
        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length))];
        string Row(string[] row) =>
            $"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2].PadRight(widths[2])}  {row[3].PadLeft(widths[3])}";
        string rule = string.Join("  ", widths.Select(width => new string('-', width)));
        yield return style.Label(Row(rows[0]));
        yield return style.Label(rule);
        foreach (string[] row in rows[1..^1])
            yield return Row(row);
        yield return style.Label(rule);
        yield return Row(rows[^1]);
        yield return string.Empty;
        MlpEpoch? last = model.History.Count > 0 ? model.History[^1] : null;
        var card = new Card(style)
            .Add("Loss", $"{model.Loss}")
            .Add(model.Output.Kind != OutputKind.Numbers ? "Classes" : "Targets", string.Join(", ", model.ClassNames))
            .Add("Memory", Bytes(sizeof(float) * model.ParameterCount))
            .Add("Trained", model.EpochsTrained == 0 ? "not yet" : $"{model.EpochsTrained} epochs")
            .Add(
                "Accuracy",
                last?.TestAccuracy is { } test
                    ? $"{Percent(test)} on the test set"
                    : last?.ValidationAccuracy is { } validation
                    ? $"{Percent(validation)} on the validation set"
                    : null);
        foreach (string line in card.Lines())
            yield return line;
    }

    /// <summary>An evaluation: its figures, those of each class, and the confusion matrix as a heat map where it fits.</summary>
    public static IEnumerable<string> Of(MlpEvaluation evaluation, CardStyle style)
    {
        var card = new Card(style)
            .Add("Dataset", evaluation.Dataset)
            .Add("Samples", Number(evaluation.Samples))
            .Add("Loss", Figure(evaluation.Loss))
            .Add("Accuracy", evaluation.Accuracy is { } accuracy ? Percent(accuracy) : null)
            .Add("R2", evaluation.R2 is { } r2 ? Figure(r2) : null)
            .Add("MeanAbsoluteError", evaluation.MeanAbsoluteError?.ToString("G5", CultureInfo.InvariantCulture))
            .Add("RootMeanSquaredError", evaluation.RootMeanSquaredError?.ToString("G5", CultureInfo.InvariantCulture));
        IEnumerable<string> lines = card.Lines();
        if (evaluation.Classes.Count > 0)
            lines = [.. lines, string.Empty, .. Scores(evaluation, style)];
        return evaluation.ConfusionMatrix is { } matrix
            ? [.. lines, string.Empty, .. Confusion(matrix, [.. evaluation.Classes.Select(score => score.Class)], style)]
            : lines;
    }

    /// <summary>A comparison of two models.</summary>
    public static IEnumerable<string> Of(MlpComparison comparison, CardStyle style) => new Card(style)
        .Add("Dataset", comparison.Dataset)
        .Add("Samples", Number(comparison.Samples))
        .Add("Accuracies", $"{Percent(comparison.FirstAccuracy)} and {Percent(comparison.SecondAccuracy)}")
        .Add(
            "Difference",
            $"{Signed(comparison.Difference)}, with 95 % confidence from {Signed(comparison.DifferenceLow)} to "
            + $"{Signed(comparison.DifferenceHigh)}")
        .Add("OnlyFirstRight", Number(comparison.OnlyFirstRight))
        .Add("OnlySecondRight", Number(comparison.OnlySecondRight))
        .Add("PValue", comparison.PValue.ToString("G3", CultureInfo.InvariantCulture))
        .Lines();

    private static IEnumerable<string> Scores(MlpEvaluation evaluation, CardStyle style)
    {
        yield return style.Label($"{"Class",-12} {"Precision",10} {"Recall",10} {"F1",10} {"Support",8}");
        foreach (MlpClassScore score in evaluation.Classes)
        {
            yield return $"{Cut(score.Class, 12),-12} {Percent(score.Precision),10} {Percent(score.Recall),10} {Percent(score.F1),10} "
                + $"{Number(score.Support),8}";
        }
    }

    private static IEnumerable<string> Confusion(Matrix<double> matrix, string[] names, CardStyle style)
    {
        int width =
            Math.Max(4, Math.Max(names.Max(name => Math.Min(name.Length, 12)), matrix.Enumerate().Max(count => Number(count).Length)) + 2);
        return width * (names.Length + 1) < style.Columns ? HeatMap(matrix, names, width, style) : Confusions(matrix, names, style);
    }

    private static IEnumerable<string> HeatMap(Matrix<double> matrix, string[] names, int width, CardStyle style)
    {
        string Cell(string text) => Cut(text, width - 1).PadLeft(width - 1) + " ";
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
                string text = Cell(Number(count));
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
        foreach ((int truth, int predicted, double count) in worst)
            yield return $"{Number(count),6}  {names[truth]} taken for {names[predicted]}";
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    private static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Figure(double number) => number.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Percent(double share) => FormattableString.Invariant($"{100 * share:0.00} %");

    private static string Signed(double share) => FormattableString.Invariant($"{100 * share:+0.00;-0.00;0.00} %");

    private static string Bytes(long bytes) =>
        bytes < 1_000_000 ? FormattableString.Invariant($"{bytes / 1e3:N1} KB") : FormattableString.Invariant($"{bytes / 1e6:N1} MB");
}
