using System.Management.Automation;
using System.Reflection;
using MlpPowerShell.Commands;
using MlpPowerShell.Engine;

namespace MlpPowerShell;

/// <summary>The columns of a table of runs: which of them New-MlpModel and Invoke-MlpTraining take, and which were meant to be.</summary>
internal static class SweepColumns
{
    // Of a name that is short for a parameter's.
    private const int LeastLetters = 3;

    /// <summary>Names that other libraries and hurried users have for parameters, as <see cref="Plain"/> leaves them.</summary>
    private static readonly Dictionary<string, string> _others = new()
    {
        ["lr"] = nameof(TrainingCmdlet.LearningRate),
        ["lrate"] = nameof(TrainingCmdlet.LearningRate),
        ["eta"] = nameof(TrainingCmdlet.LearningRate),
        ["rate"] = nameof(TrainingCmdlet.LearningRate),
        ["learnrate"] = nameof(TrainingCmdlet.LearningRate),
        ["learningrateinit"] = nameof(TrainingCmdlet.LearningRate),
        ["bs"] = nameof(TrainingCmdlet.BatchSize),
        ["batch"] = nameof(TrainingCmdlet.BatchSize),
        ["minibatch"] = nameof(TrainingCmdlet.BatchSize),
        ["minibatchsize"] = nameof(TrainingCmdlet.BatchSize),
        ["optim"] = nameof(TrainingCmdlet.Optimizer),
        ["opt"] = nameof(TrainingCmdlet.Optimizer),
        ["solver"] = nameof(TrainingCmdlet.Optimizer),
        ["algorithm"] = nameof(TrainingCmdlet.Optimizer),
        ["nesterov"] = nameof(TrainingCmdlet.Optimizer),
        ["wd"] = nameof(TrainingCmdlet.WeightDecay),
        ["l2"] = nameof(TrainingCmdlet.WeightDecay),
        ["decay"] = nameof(TrainingCmdlet.WeightDecay),
        ["lambda"] = nameof(TrainingCmdlet.WeightDecay),
        ["regularization"] = nameof(TrainingCmdlet.WeightDecay),
        ["ema"] = nameof(TrainingCmdlet.AverageDecay),
        ["emadecay"] = nameof(TrainingCmdlet.AverageDecay),
        ["average"] = nameof(TrainingCmdlet.AverageDecay),
        ["swa"] = nameof(TrainingCmdlet.AverageFrom),
        ["swastart"] = nameof(TrainingCmdlet.AverageFrom),
        ["dropoutrate"] = nameof(TrainingCmdlet.Dropout),
        ["gradclip"] = nameof(TrainingCmdlet.ClipNorm),
        ["clip"] = nameof(TrainingCmdlet.ClipNorm),
        ["gradientclipping"] = nameof(TrainingCmdlet.ClipNorm),
        ["maxepochs"] = nameof(TrainingCmdlet.Epochs),
        ["maxiter"] = nameof(TrainingCmdlet.Epochs),
        ["numepochs"] = nameof(TrainingCmdlet.Epochs),
        ["nepochs"] = nameof(TrainingCmdlet.Epochs),
        ["iterations"] = nameof(TrainingCmdlet.Epochs),
        ["steps"] = nameof(TrainingCmdlet.Epochs),
        ["scheduler"] = nameof(ScheduledCmdlet.Schedule),
        ["lrschedule"] = nameof(ScheduledCmdlet.Schedule),
        ["lrscheduler"] = nameof(ScheduledCmdlet.Schedule),
        ["learningrateschedule"] = nameof(ScheduledCmdlet.Schedule),
        ["cosine"] = nameof(ScheduledCmdlet.Schedule),
        ["gamma"] = nameof(ScheduledCmdlet.DecayRate),
        ["warmup"] = nameof(ScheduledCmdlet.WarmupEpochs),
        ["earlystopping"] = nameof(TrainingCmdlet.Patience),
        ["earlystop"] = nameof(TrainingCmdlet.Patience),
        ["stop"] = nameof(TrainingCmdlet.Patience),
        ["valsplit"] = nameof(TrainingCmdlet.ValidationFraction),
        ["validationsplit"] = nameof(TrainingCmdlet.ValidationFraction),
        ["validation"] = nameof(TrainingCmdlet.ValidationFraction),
        ["smoothing"] = nameof(TrainingCmdlet.LabelSmoothing),
        ["shuffle"] = nameof(TrainingCmdlet.NoShuffle),
        ["threads"] = nameof(TrainingCmdlet.ThreadCount),
        ["randomseed"] = nameof(TrainingCmdlet.Seed),
        ["randomstate"] = nameof(TrainingCmdlet.Seed),
        ["hidden"] = nameof(NewMlpModelCommand.HiddenSize),
        ["hiddenlayers"] = nameof(NewMlpModelCommand.HiddenSize),
        ["hiddenlayersizes"] = nameof(NewMlpModelCommand.HiddenSize),
        ["hiddenunits"] = nameof(NewMlpModelCommand.HiddenSize),
        ["layersize"] = nameof(NewMlpModelCommand.HiddenSize),
        ["layersizes"] = nameof(NewMlpModelCommand.HiddenSize),
        ["nodes"] = nameof(NewMlpModelCommand.HiddenSize),
        ["layers"] = nameof(NewMlpModelCommand.HiddenSize),
        ["units"] = nameof(NewMlpModelCommand.HiddenSize),
        ["neurons"] = nameof(NewMlpModelCommand.HiddenSize),
        ["width"] = nameof(NewMlpModelCommand.HiddenSize),
        ["depth"] = nameof(NewMlpModelCommand.HiddenSize),
        ["act"] = nameof(NewMlpModelCommand.Activation),
        ["activationfunction"] = nameof(NewMlpModelCommand.Activation),
        ["lossfunction"] = nameof(NewMlpModelCommand.Loss),
        ["criterion"] = nameof(NewMlpModelCommand.Loss),
        ["bn"] = nameof(NewMlpModelCommand.BatchNormalization),
        ["batchnorm"] = nameof(NewMlpModelCommand.BatchNormalization),
        ["normalization"] = nameof(NewMlpModelCommand.BatchNormalization),
        ["normalize"] = nameof(NewMlpModelCommand.BatchNormalization),
        ["init"] = nameof(NewMlpModelCommand.Initializer),
        ["scale"] = nameof(NewMlpModelCommand.Scaling),
        ["scaler"] = nameof(NewMlpModelCommand.Scaling),
        ["standardize"] = nameof(NewMlpModelCommand.Scaling),
        ["weightinit"] = nameof(NewMlpModelCommand.Initializer),
    };

    /// <summary>Words that come near to a parameter and are notes all the same.</summary>
    private static readonly HashSet<string> _notes = ["result", "results", "speed", "need", "mode"];

    private static readonly PropertyInfo[] _parameters = [.. new[] { typeof(NewMlpModelCommand), typeof(InvokeMlpTrainingCommand) }
        .SelectMany(type => type.GetProperties())
        .Where(property => property.IsDefined(typeof(ParameterAttribute)))];

    /// <summary>The parameter that takes a column, by the names that this can have.</summary>
    private static readonly Dictionary<string, string> _parameterOf = _parameters
        .Where(IsTaken)
        .SelectMany(property => NamesOf(property).Select(name => (Name: name, Parameter: property.Name)))
        .DistinctBy(taken => taken.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(taken => taken.Name, taken => taken.Parameter, StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of all parameters, of which those that no column sets are given on the command line.</summary>
    private static readonly string[] _names =
    [
        .. _parameters.Select(property => property.Name), .. Cmdlet.CommonParameters, .. Cmdlet.OptionalCommonParameters,
    ];

    /// <summary>What names come near to: no objects, which nobody writes into a table.</summary>
    private static readonly string[] _options = [.. _parameters
        .Where(property => IsTaken(property) && property.GetCustomAttribute<CellAttribute>()?.IsObject != true)
        .Select(property => property.Name)
        .Where(name => name is not nameof(TrainingCmdlet.Name))
        .Distinct()];

    /// <summary>The columns of parameters that take a model or a data set.</summary>
    private static readonly string[] _objects = [.. _parameters
        .Where(property => IsTaken(property) && property.GetCustomAttribute<CellAttribute>()?.IsObject == true)
        .Select(property => property.Name)];

    /// <summary>What a run's own name tells already, or says nothing about its result.</summary>
    private static readonly string[] _undistinguished =
    [
        nameof(NewMlpModelCommand.HiddenSize), nameof(TrainingCmdlet.Optimizer), nameof(TrainingCmdlet.LearningRate),
        nameof(TrainingCmdlet.BatchSize), nameof(TrainingCmdlet.FullBatch), nameof(TrainingCmdlet.Name),
        nameof(TrainingCmdlet.CheckpointPath), nameof(TrainingCmdlet.CheckpointEvery), nameof(TrainingCmdlet.Resume),
        nameof(TrainingCmdlet.ThreadCount),
    ];

    private static readonly string[] _ofTraining = NamesTakenBy(typeof(InvokeMlpTrainingCommand));

    /// <summary>The parameters of data sets that a training can do without, and its models bring along.</summary>
    public static IReadOnlyList<string> Sets { get; } =
        [nameof(TrainingCmdlet.ValidationData), nameof(InvokeMlpTrainingCommand.TestData)];

    /// <summary>Whether New-MlpModel alone takes a column.</summary>
    public static bool IsOfModel(string column) => IsTaken(column) && !_ofTraining.Contains(column, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a parameter takes a column.</summary>
    public static bool IsTaken(string column) => _parameterOf.ContainsKey(column);

    /// <summary>The parameter that takes a column; null where none does.</summary>
    public static string? ParameterOf(string column) => _parameterOf.GetValueOrDefault(column);

    /// <summary>Whether runs can differ in a column alone, so that a name tells them apart only with it.</summary>
    public static bool Distinguishes(string column) => ParameterOf(column) is { } parameter
        && !_undistinguished.Contains(parameter)
        && !IsObject(parameter);

    /// <summary>Whether a parameter takes a model or a data set.</summary>
    public static bool IsObject(string parameter) => _objects.Contains(parameter, StringComparer.OrdinalIgnoreCase);

    /// <summary>What is to say about a row that has no column which a parameter takes.</summary>
    public static string NothingTaken(IReadOnlyList<string> columns)
    {
        string separator = columns.Count == 1 && columns[0].IndexOfAny([';', '\t']) >= 0
            ? "; its name looks like several, which something else than a comma separates"
            : string.Empty;
        string which = columns.Count == 1 ? "the column" : "any of the columns";
        return $"No parameter takes {which} {string.Join(", ", columns)}, and so all is chosen{separator}.";
    }

    /// <summary>What is to say about a column that stays as a note; null where that can only be meant.</summary>
    public static string? Warning(PSNoteProperty note)
    {
        string column = note.Name;
        if (IsObject(column) && InputProperties.Unwrapped(note.Value) is string text)
        {
            string taker = Sets.Contains(column, StringComparer.OrdinalIgnoreCase)
                ? $"and a training with it fails unless -{column} is given there"
                : $"which -{column} takes";
            return $"The column '{column}' is kept as a note: the text '{text}' is no model or data set, {taker}.";
        }

        if (IsTaken(column))
            return null;
        if (Array.Find(_names, name => name.Equals(column, StringComparison.OrdinalIgnoreCase)) is { } given)
            return $"The column '{column}' is kept as a note: no column sets -{given}, which is given on the command line.";
        return Meant(column) is { } meant
            ? $"The column '{column}' is no parameter and is kept as a note; did you mean {meant}?"
            : null;
    }

    /// <summary>The parameter that a column which is none nearly is, or those that it is short for; null where there is none.</summary>
    public static string? Meant(string column)
    {
        string plain = Plain(column);
        return _notes.Contains(plain) ? null : _others.GetValueOrDefault(plain) ?? LongFor(plain) ?? ColumnNames.Nearest(_options, plain);
    }

    private static string? LongFor(string plain)
    {
        string[] names = plain.Length < LeastLetters ? []
            : [.. _options.Where(name => name.StartsWith(plain, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        return names.Length < 2 ? names.FirstOrDefault() : $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }

    /// <summary>A name without what tells the styles of writing names apart.</summary>
    private static string Plain(string name) =>
        string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant().Replace("ise", "ize", StringComparison.Ordinal);

    private static string[] NamesTakenBy(Type command) =>
        [.. command.GetProperties().Where(IsTaken).SelectMany(NamesOf).Distinct()];

    private static IEnumerable<string> NamesOf(PropertyInfo parameter) =>
        (parameter.GetCustomAttribute<AliasAttribute>()?.AliasNames ?? []).Prepend(parameter.Name);

    private static bool IsTaken(PropertyInfo property) =>
        property.GetCustomAttributes<ParameterAttribute>().Any(parameter => parameter.ValueFromPipelineByPropertyName);
}
