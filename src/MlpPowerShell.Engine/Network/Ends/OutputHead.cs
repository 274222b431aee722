using System.Globalization;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>What the outputs of a model stand for.</summary>
public enum OutputKind
{
    /// <summary>One of several classes for each sample.</summary>
    Classes,

    /// <summary>Labels, each of which holds or doesn't.</summary>
    Labels,

    /// <summary>Numbers.</summary>
    Numbers,
}

/// <summary>
/// The end of a model that gives answers: what its outputs are called, of what type, and in which unit. Fitted once, on the data that the
/// model was made for, and kept with the model. Classes, labels and numbers of data meet it by name.
/// </summary>
public sealed record OutputHead
{
    /// <summary>What the outputs stand for.</summary>
    public required OutputKind Kind { get; init; }

    /// <summary>The names of the classes, labels or numbers in the order of the outputs; of two classes with one output, both.</summary>
    public required IReadOnlyList<string> Names { get; init => field = new ValueList<string>([.. value]); }

    /// <summary>Outputs of the network.</summary>
    public required int Size { get; init; }

    /// <summary>Whether the names are only numbers, until the model learns from data that have names.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>The column that the classes came from; null where it had no name.</summary>
    public string? Label { get; init; }

    /// <summary>The type of the classes; null where it is not known, and classes that read as numbers count as such.</summary>
    internal ColumnType? Type { get; init; }

    /// <summary>How each number is scaled, or what each label was; empty where outputs are taken as they are.</summary>
    public IReadOnlyList<FeatureColumn> Targets { get; init => field = new ValueList<FeatureColumn>([.. value]); } = [];

    /// <summary>What becomes of samples whose label is missing, where labels are needed.</summary>
    public MissingLabels MissingLabel { get; init; }

    /// <summary>When one of two classes, or a label, is the answer; null where its probability is above one half.</summary>
    public DecisionRule? Decision { get; init; }

    /// <summary>What makes probabilities say how often answers are right; null where they are taken as the network gives them.</summary>
    public OutputCalibration? Calibration { get; init; }

    /// <summary>What sets of classes and intervals of numbers are made from; null where there are none.</summary>
    public ConformalScores? Conformal { get; init; }

    /// <summary>Of two classes that which is looked for, or the one label; null for other outputs.</summary>
    public string? PositiveClass => DecisionRule.IsFor(this) ? Names[DecisionRule.PlaceIn(this)] : null;

    /// <summary>Whether the numbers are exponentials of the network's sums, as exact as they are small.</summary>
    internal bool IsExponential { get; init; }

    /// <summary>What is added to the first biases of the output layer, to begin near what is to be predicted; empty for nothing.</summary>
    internal IReadOnlyList<double> FirstBiases { get; init; } = [];

    /// <summary>
    /// Whether each output is the probability of all classes above one: of classes with an order, and of two classes with one output.
    /// </summary>
    public bool IsCumulative => Kind == OutputKind.Classes && Names.Count == Size + 1;

    /// <summary>Whether the one output is a label, which holds or doesn't: it holds for samples of a class of its name.</summary>
    internal bool IsOneLabel => Kind == OutputKind.Labels && Size == 1;

    /// <summary>What the outputs stand for, and what they are called.</summary>
    public override string ToString() => $"{Kind}: {string.Join(", ", Names)}";

    /// <summary>The head of a model that was not made for data: its outputs have numbers for names.</summary>
    internal static OutputHead Anonymous(LossKind loss, int outputs)
    {
        // With one sigmoid, a model tells two classes apart as well as it says whether a label holds.
        int names = loss.ClassesOf(outputs);
        OutputKind kind = loss.IsRegression()
            ? OutputKind.Numbers
            : loss.Function() == OutputFunction.Sigmoid && outputs > 1
            ? OutputKind.Labels
            : OutputKind.Classes;
        return new OutputHead
        {
            Kind = kind,
            Size = outputs,
            IsExponential = loss.Function() == OutputFunction.Exponential,
            IsAnonymous = true,
            Names = [.. Enumerable.Range(0, names).Select(i => i.ToString(CultureInfo.InvariantCulture))],
        };
    }

    /// <summary>The head that a data set suggests.</summary>
    /// <exception cref="MlpException">The data set has no labels that the loss could be for.</exception>
    internal static OutputHead Fit(MlpDataset data, IReadOnlyList<ColumnStatistics> labels, LossKind loss, EncodingOptions options)
    {
        if (labels.Count == 0)
        {
            throw new MlpException(
                "LabelsMissing", MlpErrorKind.InvalidArgument, $"The data set {data.Name} has no labels, and these are needed here.");
        }

        if (labels.FirstOrDefault(label => label.Present == 0) is { } empty)
        {
            throw new MlpException(
                "EmptyColumn", MlpErrorKind.InvalidData, $"The column {empty.Name}, which is to be predicted, has no values.");
        }

        return data.HasLabels && !loss.IsRegression()
            ? FitClasses(data, labels[0], loss, options)
            : FitTargets(data, labels, loss, options);
    }

    /// <summary>The same without what was fitted to the network's answers.</summary>
    internal OutputHead Uncalibrated =>
        Calibration is null && Conformal is null ? this : this with { Calibration = null, Conformal = null };

    /// <summary>The class that an output stands for, as the type that it had.</summary>
    public object ValueOf(int output) => Type is { } type ? type.OfText(Names[output])
        : int.TryParse(Names[output], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : Names[output];

    /// <summary>The number that a sum of the output layer comes to, in its unit.</summary>
    internal double NumberOfSum(int output, float sum) => NumberOf(output, IsExponential ? MathF.Exp(sum) : sum);

    /// <summary>The number that an output stands for, in its unit.</summary>
    internal double NumberOf(int output, float value) => Targets.Count > 0 ? Targets[output].Unscale(value) : value;

    /// <summary>
    /// The number that an output stands for as what the column held: a date, a time span, or a number of as many digits as a float carries,
    /// which is a double where the column's are whole.
    /// </summary>
    internal object AnswerOf(int output, float value)
    {
        double number = NumberOf(output, value);
        if (Targets.Count == 0)
            return number;
        FeatureColumn target = Targets[output];
        return target.Kind switch
        {
            ColumnKind.Date => ColumnAnswers.Date(number, target.Type),
            ColumnKind.Duration => ColumnAnswers.Duration(number, target.Type),
            ColumnKind.Number or ColumnKind.Boolean or ColumnKind.Category => Rounded(),
        };

        // Seven digits of the float that the network gives are what counts; more would show its rounding.
        object Rounded()
        {
            double size = Math.Max(Math.Abs(value), 1) / target.Factor;
            if (target.IsLogarithmic)
                size = Math.Min(Math.Abs(number), size * (1 + Math.Abs(number)));
            if (IsExponential)
                size = Math.Abs(number);
            double digits = number == 0 || !double.IsFinite(number) ? 0 : Math.Clamp(6 - Math.Floor(Math.Log10(size)), 0, 300);
            double power = Math.Pow(10, digits);
            double rounded = digits <= 15 || !double.IsFinite(number * power)
                ? Math.Round(number, (int)Math.Min(15, digits))
                : Math.Round(number * power) / power;
            return target.Type is { } type ? new ColumnType(type).OfNumber(rounded) : rounded;
        }
    }

    /// <summary>
    /// How far an answer lies above what is true: a number in the target's unit, or of dates and time spans a time span; null where the
    /// truth is no number.
    /// </summary>
    internal object? ErrorOf(int output, object answer, object? truth)
    {
        ColumnKind kind = Targets.Count > 0 && Targets[output].Kind != ColumnKind.Category ? Targets[output].Kind : ColumnKind.Number;
        double NumberOf(object? value) => value is string text ? CellValue.Of(text, kind).Number : Cell.NumberOf(value, ColumnKind.Number);
        double error = NumberOf(answer) - NumberOf(truth);
        double seconds = kind == ColumnKind.Date ? error * SecondsOfDay : error;
        bool isSpan = kind is ColumnKind.Date or ColumnKind.Duration;
        return !double.IsFinite(error) || (isSpan && Math.Abs(seconds) >= TimeSpan.MaxValue.TotalSeconds) ? null
            : kind == ColumnKind.Date ? TimeSpan.FromDays(error)
            : kind == ColumnKind.Duration ? TimeSpan.FromSeconds(error)
            : error;
    }

    /// <summary>The column of a data set that holds the class, called as here; null where it has none.</summary>
    /// <exception cref="MlpException">A value may be one or another class.</exception>
    internal DataColumn? ClassColumnOf(MlpDataset data)
    {
        DataColumn? column =
            Label is not null && data.Find(Label) is { } named ? named : data.LabelColumns.Count == 1 ? data.LabelColumns[0] : null;
        return column is null ? null : KnownTexts.Match(column, Names);
    }

    /// <summary>How often each class occurs in a data set, called as here.</summary>
    internal Dictionary<string, long> ClassCountsOf(MlpDataset data)
    {
        ColumnStatistics label = data.LabelStatistics[0];
        string[] names =
            label.Type == ColumnType.Text.Name ? [.. label.Counts!.Keys] : KnownTexts.Match(label.Counts!.Keys, Names, label.Name);
        return names.Zip(label.Counts!.Values).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>The columns of a data set that hold the labels or numbers, in the order of the outputs; null where it lacks one.</summary>
    internal DataColumn[]? TargetColumnsOf(MlpDataset data)
    {
        DataColumn?[] named = [.. Names.Take(Size).Select(data.Find)];
        if (Array.TrueForAll(named, column => column is not null))
            return named!;
        bool hasNames = !IsAnonymous && data.LabelColumns.Any(column => !UnnamedColumns.IsTarget(column.Name));
        return !hasNames && data.LabelColumns.Count == Size && (!data.HasLabels || Size == 1) ? [.. data.LabelColumns] : null;
    }

    /// <summary>The head with the names of the first data that an anonymous model learns from.</summary>
    /// <exception cref="MlpException">The data have more classes than the model outputs.</exception>
    internal OutputHead Adopt(MlpDataset data, LossKind loss)
    {
        if (!IsAnonymous)
            return this;
        if (loss.IsRegression() || !data.HasLabels)
        {
            return data.LabelColumns.Count == Size && !data.HasLabels && !loss.IsOfClasses()
                ? this with
                {
                    Kind = loss.IsRegression()
                    ? OutputKind.Numbers
                    : OutputKind.Labels,
                    Names = [.. data.LabelColumns.Select(column => column.Name)],
                    IsAnonymous = false
                }
                : this;
        }

        string[] classes = OutputOrder.Of(data.Name, data.LabelStatistics[0], loss, []);
        int capacity = Names.Count;
        ColumnType type = (data.LabelColumns.Count == 1 ? data.LabelColumns[0] : null)?.Type ?? ColumnType.Text;
        string? label = data.LabelColumns[0].Name is UnnamedColumns.Label ? null : data.LabelColumns[0].Name;
        if (classes.All(Names.Contains))
            return this with { Kind = OutputKind.Classes, Type = type, Label = label, IsAnonymous = false };
        if (classes.Length > capacity)
        {
            throw new MlpException(
                "ClassCountMismatch",
                MlpErrorKind.Mismatch,
                $"The data set {data.Name} has {classes.Length} classes, and the model {capacity}: {Listing.Of(classes)}.");
        }

        return this with
        {
            Kind = OutputKind.Classes,
            Names = [.. classes, .. Names.Skip(classes.Length).Take(capacity - classes.Length)],
            Type = type,
            Label = label,
            IsAnonymous = false,
        };
    }

    private static OutputHead FitClasses(MlpDataset data, ColumnStatistics label, LossKind loss, EncodingOptions options)
    {
        string[] classes = OutputOrder.Of(data.Name, label, loss, options.ClassOrder);
        if (classes.Length < 2)
        {
            throw new MlpException(
                "OneClass",
                MlpErrorKind.InvalidData,
                $"{data.Name}: the label {label.Name} is '{classes.FirstOrDefault()}' in every row; there is nothing to tell apart.");
        }

        if (!label.IsDeclared && classes.Length > Math.Max(label.Present / 2, MostRareClasses))
        {
            throw new MlpException(
                "TooManyCategories",
                MlpErrorKind.InvalidArgument,
                $"{data.Name}: the label {label.Name} has {classes.Length} different values in {label.Count} rows: "
                + $"{Listing.Of(classes)}. To predict numbers, make it a "
                + $"regression{Hint.With(nameof(TableOptions.Task), MlpTask.Regression)}; texts that hardly recur can't be "
                + $"learned, so choose another label{Hint.With(nameof(TableOptions.Label))}.");
        }

        return new OutputHead
        {
            Kind = OutputKind.Classes,
            Names = classes,
            Size = loss.OutputsFor(classes.Length),
            Label = label.Name == UnnamedColumns.Label ? null : label.Name,
            Type = new ColumnType(label.Type),
            MissingLabel = options.MissingLabel,
            FirstBiases = loss.Function() == OutputFunction.Ordinal
                ? Ordinal.BiasesOf([.. classes.Select(name => label.Counts!.GetValueOrDefault(name))])
                : [],
        };
    }

    private static OutputHead FitTargets(MlpDataset data, IReadOnlyList<ColumnStatistics> labels, LossKind loss, EncodingOptions options)
    {
        if (loss.IsOfClasses())
        {
            throw new MlpException(
                "LabelsMissing",
                MlpErrorKind.InvalidArgument,
                $"The data set {data.Name} has {labels.Count} {(labels.Count == 1 ? "number" : "columns")} to predict and no classes, "
                + $"which the loss {loss} needs. Read numbers that are classes as "
                + $"such{Hint.With(nameof(TableOptions.Task), MlpTask.Classification)}.");
        }

        if (loss.IsRegression() && labels.FirstOrDefault(label => label.Kind == ColumnKind.Category) is { } text)
        {
            MlpMessage advice = text.Counts!.Keys.All(value => CellValue.Of(value, ColumnKind.Number).IsOfKind)
                ? (MlpMessage)$" They look like such: make it a regression{Hint.With(nameof(TableOptions.Task), MlpTask.Regression)}."
                : string.Empty;
            throw new MlpException(
                "TargetIsText",
                MlpErrorKind.InvalidData,
                $"{data.Name}: the label {text.Name} is one of several classes, and the loss {loss} predicts numbers.{advice}");
        }

        if (labels.FirstOrDefault(label => !loss.Takes(label.Minimum) || !loss.Takes(label.Maximum)) is { } outside)
            throw TargetEncoder.OutsideRange(data, outside.Name, loss);

        // A network that begins near 0 takes long to reach targets of thousands, or none; the answers are in the targets' own unit again.
        bool isTable = data.Columns.Count > 0 || data.FeatureNames is not null;
        // What leaves features as they are says nothing of these; a scaling of their own does.
        bool isScaled = loss.Function() == OutputFunction.Identity;
        FeatureScaling scaling = !isScaled ? FeatureScaling.None
            : options.Scaling is { } asked and not FeatureScaling.None ? asked
            : FeatureScaling.Standard;
        return new OutputHead
        {
            Kind = loss.IsRegression() ? OutputKind.Numbers : OutputKind.Labels,
            Names = [.. labels.Select(label => label.Name)],
            Size = labels.Count,
            IsExponential = loss.Function() == OutputFunction.Exponential,
            Targets = isTable || scaling != FeatureScaling.None
                ? [.. labels.Select(label => FeatureFit.Target(
                    label, isScaled ? options.ScalingOf?.Invoke(label.Name) ?? scaling : FeatureScaling.None))]
                : [],
            MissingLabel = options.MissingLabel,

            // Numbers that are never scaled may be far from the exponential of 0.
            FirstBiases = loss.Function() == OutputFunction.Exponential
                ? [.. labels.Select(label => label.Mean > 0 ? Math.Log(label.Mean) : 0)]
                : [],
        };
    }

    /// <summary>Classes that a label may have although most rows have one of their own.</summary>
    private const int MostRareClasses = 50;
    private const double SecondsOfDay = 86_400;
}
