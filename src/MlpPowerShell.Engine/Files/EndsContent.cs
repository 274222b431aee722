using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files;

/// <summary>The two ends of a model as facts of its file, and back. Files of older versions say less.</summary>
internal static class EndsContent
{
    public const string ClassesKey = "classes";
    public const string PreprocessingKey = "preprocessing";
    public const string ImageShapeKey = "image_shape";

    private const string OutputKey = "output";
    private const string PicturesKey = "pictures";
    private const double PixelFactor = 1 / 255.0;

    private static readonly JsonSerializerOptions _json =
        new() { Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>Whether columns become features in ways that older versions don't know.</summary>
    public static bool IsNew(InputEncoder input) => input.Conventions is not null
        || input.Names is null != (input.Columns.Count == 0)
        || input.Columns.Any(column => column.IsLogarithmic
            || column.Knots.Count > 0
            || column.HasIndicator
            || column.HasOther
            || column.IgnoresCase
            || column.Parts != DateParts.None);

    /// <summary>Whether rows with named values go in.</summary>
    public static bool HasColumns(MlpModel model) => model.Input.Names is not null || model.Input.Columns.Count > 0;

    /// <summary>Adds the ends to the facts of a file.</summary>
    public static void Write(MlpModel model, Dictionary<string, string> facts)
    {
        (InputEncoder input, OutputHead output) = (model.Input, model.Output);
        if (!output.IsAnonymous)
            facts[ClassesKey] = JsonSerializer.Serialize(output.Names);
        if (input.ImageShape is { } shape)
        {
            facts[ImageShapeKey] = string.Create(CultureInfo.InvariantCulture, $"{shape.Height},{shape.Width}");
            if (input.PictureStyle != PictureStyle.Normalized)
                facts[PicturesKey] = input.PictureStyle.ToString();
        }

        if (HasColumns(model))
        {
            // As older versions have it: labels are columns too.
            IReadOnlyList<FeatureColumn> columns = input.Columns.Count > 0 ? input.Columns
                : [.. input.Names!.Select(name => new FeatureColumn
                {
                    Name = name,
                    Factor = PixelFactor,
                    Minimum = 0,
                    Maximum = byte.MaxValue,
                })];
            IReadOnlyList<FeatureColumn> labels = output.Kind == OutputKind.Classes
                ? [new FeatureColumn
                {
                    Name = output.Label ?? UnnamedColumns.Label,
                    Kind = ColumnKind.Category,
                    Categories = output.Names,
                    Type = output.Type?.Name,
                }]
                : output.Targets;
            facts[PreprocessingKey] = JsonSerializer.Serialize(
                new Preprocessing(columns, labels) { IsByPlace = input.Names is null, Conventions = input.Conventions }, _json);
        }

        facts[OutputKey] = JsonSerializer.Serialize(
            new Output(output.Kind, output.Label, output.Type?.Name, output.MissingLabel, HasColumns(model) ? null : output.Targets)
            {
                Decision = output.Decision,
                Calibration = output.Calibration,
                Conformal = output.Conformal,
                Companions = output.Conformal is { Companions.Count: > 0 } scores ? [.. scores.Companions.Select(ModelFile.ToBytes)] : null,
            },
            _json);
    }

    /// <summary>Gives a model the ends that the facts of its file speak of.</summary>
    /// <exception cref="MlpException">They can't be read, or do not fit the model.</exception>
    public static void Read(string path, IReadOnlyDictionary<string, string> facts, MlpModel model)
    {
        ImageShape? shape = ReadShape(path, facts, model);
        PictureStyle style = facts.TryGetValue(PicturesKey, out string? pictures)
            && Enum.TryParse(pictures, out PictureStyle named)
            && Enum.IsDefined(named)
            ? named
            : PictureStyle.Normalized;
        model.Input = new InputEncoder(model.InputSize, shape, style);
        Preprocessing? preprocessing = Parse<Preprocessing>(path, facts, PreprocessingKey, "preprocessing");
        if (preprocessing is not null)
        {
            preprocessing = Checked(path, preprocessing);
            bool isPixels = shape is not null
                && preprocessing.Columns.All(column => column
                    is { Kind: ColumnKind.Number, Shift: 0, Factor: PixelFactor, Knots.Count: 0, IsLogarithmic: false, Width: 1 });
            string[] names = [.. preprocessing.Columns.Select(column => column.Name)];
            model.Input = isPixels
                ? new InputEncoder(names.Length, shape, style, names)
                : new InputEncoder(preprocessing.Columns, isNamed: !preprocessing.IsByPlace) { Conventions = preprocessing.Conventions };
            if (model.Input.Size != model.InputSize)
                throw ModelContent.Unfit(path, $"has a preprocessing that makes {model.Input.Size} features, and takes {model.InputSize}");
        }

        if (Parse<string[]>(path, facts, ClassesKey, "classes") is { } classes)
            model.NameClasses(Array.TrueForAll(classes, name => name is not null) ? classes : []);
        if (IsOfOtherLoss(facts, model))
            return;
        if (preprocessing is not null)
            ReadLabels(path, preprocessing.Labels, model);
        if (Parse<Output>(path, facts, OutputKey, "outputs") is { } output)
        {
            bool fits = Enum.IsDefined(output.Kind)
                && Enum.IsDefined(output.MissingLabel)
                && model.Loss.IsRegression() == (output.Kind == OutputKind.Numbers)
                && (model.Loss.Function() != OutputFunction.Ordinal || output.Kind == OutputKind.Classes)
                && (output.Targets is null || output.Targets.Count is 0 || output.Targets.Count == model.OutputSize);
            fits &= output.Decision?.Fits(model.Output with { Kind = output.Kind }) != false;
            fits &= output.Calibration?.Fits(model.Loss.Function(), model.OutputSize) != false;
            ConformalScores? scores = output.Conformal is { } read ? read with { Companions = CompanionsOf(output) } : null;
            fits &= scores?.Fits(model.Output with { Kind = output.Kind }) != false;
            if (!fits)
                throw ModelContent.Unfit(path, "describes outputs that are none of the model's");
            bool isSameLoss = LossOf(facts) is null || LossOf(facts) == model.Loss;
            IReadOnlyList<FeatureColumn> targets =
                output.Targets is { } own ? Checked(path, new Preprocessing(own, [])).Columns : model.Output.Targets;
            model.Output = model.Output with
            {
                Kind = output.Kind,
                Label = output.Label,
                Type = output.Type is { } type ? new ColumnType(type) : null,
                MissingLabel = output.MissingLabel,
                Targets = targets,
                Decision = output.Decision,
                Calibration = isSameLoss ? output.Calibration : null,
                Conformal = isSameLoss ? scores : null,
            };
        }
    }

    /// <summary>
    /// Whether outputs that were numbers are to be classes now, or numbers that are never scaled, or the other way round: nothing but their
    /// names stays.
    /// </summary>
    private static bool IsOfOtherLoss(IReadOnlyDictionary<string, string> facts, MlpModel model) =>
        LossOf(facts) is { } loss
        && (loss.IsRegression() != model.Loss.IsRegression()
            || (model.Loss.IsRegression() && loss.Function() != model.Loss.Function()));

    private static MlpModel[] CompanionsOf(Output output) => Array.ConvertAll(output.Companions ?? [], bytes =>
    {
        using var stream = new MemoryStream(bytes ?? []);
        return ModelFile.Read(stream);
    });

    private static LossKind? LossOf(IReadOnlyDictionary<string, string> facts) =>
        facts.TryGetValue(ModelContent.LossKey, out string? name) && Enum.TryParse(name, ignoreCase: true, out LossKind loss) ? loss : null;

    private static ImageShape? ReadShape(string path, IReadOnlyDictionary<string, string> facts, MlpModel model)
    {
        if (!facts.TryGetValue(ImageShapeKey, out string? image))
            return null;
        int[] sizes = Array.ConvertAll(
            image.Split(','), text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size : 0);
        return sizes.Length == 2 && (long)sizes[0] * sizes[1] == model.InputSize ? new ImageShape(sizes[0], sizes[1])
            : throw ModelContent.Unfit(path, $"has images of the shape {image}, and takes {model.InputSize} features");
    }

    /// <summary>
    /// What older files say of labels: one of categories is the class, numbers are scaled, and of several labels none is.
    /// </summary>
    private static void ReadLabels(string path, IReadOnlyList<FeatureColumn> labels, MlpModel model)
    {
        if (labels is [{ Kind: ColumnKind.Category } label])
        {
            model.Output = model.Output with { Kind = OutputKind.Classes, Label = label.Name, IsAnonymous = false };
        }
        else if (labels.Count > 0 && labels.Count != model.OutputSize)
        {
            throw ModelContent.Unfit(path, $"speaks of {labels.Count} columns to predict, and has {model.OutputSize} outputs");
        }
        else if (labels.Count > 0)
        {
            model.Output = model.Output with
            {
                Kind = model.Loss.IsRegression()
                ? OutputKind.Numbers
                : OutputKind.Labels,
                Targets = labels
            };
        }
    }

    private static T? Parse<T>(string path, IReadOnlyDictionary<string, string> facts, string key, string what)
        where T : class
    {
        if (!facts.TryGetValue(key, out string? json))
            return null;
        try
        {
            return JsonSerializer.Deserialize<T>(json, _json) ?? throw new JsonException("it is null");
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            throw ModelContent.Unfit(path, $"describes its {what} in a way that can't be read ({failure.Message})");
        }
    }

    private static Preprocessing Checked(string path, Preprocessing read)
    {
        bool whole = read is { Columns: not null, Labels: not null }
            && read.Conventions?.AreWhole != false
            && read.Columns.Concat(read.Labels).All(column =>
            column is { Name: not null, Categories: not null, Rare: not null, Knots: not null, Ranks: not null }
                && Enum.IsDefined(column.Kind)
                && Enum.IsDefined(column.Unknown)
                && double.IsFinite(column.Shift)
                && double.IsNormal(column.Factor)
            && (column.Kind == ColumnKind.Category) == (column.Categories.Count > 0) && column.Categories.Distinct()
                .Count() == column.Categories.Count && !column.Categories.Concat(column.Rare).Contains(null!)
            && (column.FillCategory is null || column.Categories.Contains(column.FillCategory))
            && column.Knots.Count == column.Ranks.Count && column.Knots.Concat(column.Ranks)
                .All(double.IsFinite) && column.Knots.Zip(column.Knots.Skip(1)).All(pair => pair.First < pair.Second));
        return whole
            && read.Columns!.Select(column => column.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() == read.Columns!.Count ? read
            : throw ModelContent.Unfit(
                path, "describes its preprocessing in a way that can't be read (a column lacks its name, its scale or its categories)");
    }

    private sealed record Preprocessing(IReadOnlyList<FeatureColumn> Columns, IReadOnlyList<FeatureColumn> Labels)
    {
        public bool IsByPlace { get; init; }

        public TextConventions? Conventions { get; init; }
    }

    private sealed record Output(
        OutputKind Kind, string? Label, string? Type, MissingLabels MissingLabel, IReadOnlyList<FeatureColumn>? Targets)
    {
        public DecisionRule? Decision { get; init; }

        public OutputCalibration? Calibration { get; init; }

        public ConformalScores? Conformal { get; init; }

        public byte[][]? Companions { get; init; }
    }
}
