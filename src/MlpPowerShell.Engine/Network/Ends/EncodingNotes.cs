using System.Globalization;
using System.Runtime.InteropServices;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>What a model met in data that it was not fitted to, counted up, so that one sentence tells of it and not one a row.</summary>
public sealed class EncodingNotes
{
    private readonly object _lock = new();
    private readonly Dictionary<((string Name, bool TakesUnknown) Column, string Category), long> _unknownCategories = [];
    private readonly Dictionary<string, long> _unknownClasses = [];
    private readonly Dictionary<string, long> _filled = [];
    private readonly Dictionary<(string Column, bool IsMoment), long> _otherClocks = [];
    private readonly Dictionary<string, long> _percents = [];
    private readonly HashSet<string> _reversed = [];
    private readonly List<EncodingNotes> _beside = [];
    private long _dropped;
    private MlpMessage? _pictures;
    private string? _learnedFrom;

    /// <summary>What there is to say, a sentence for each kind of thing, with an id.</summary>
    public IEnumerable<(string Id, MlpMessage Sentence)> Sentences
    {
        get
        {
            foreach (var column in Of(notes => notes._unknownCategories).GroupBy(entry => entry.Key.Column))
            {
                string[] categories = [.. column.OrderByDescending(entry => entry.Value).Select(entry => entry.Key.Category)];
                string what = column.Key.TakesUnknown ? "as its rare ones do" : "as none of its own";
                yield return ("UnknownCategory", $"The column {column.Key.Name} has {Count(column.Sum(entry => entry.Value), "value")} of "
                    + $"{Count(categories.Length, "category", "categories")} that the model does not know, and that count {what}: "
                    + $"{Listing.Of(categories)}.");
            }

            foreach ((string column, long count) in Of(notes => notes._filled))
            {
                yield return ("MissingFilled", $"The column {column} misses {Count(count, "value")}, where the data that the model "
                    + $"was made for missed none; they are filled as the others of the column suggest.");
            }

            foreach (((string column, bool isMoment), _) in Of(notes => notes._otherClocks))
            {
                yield return ("OtherClock", isMoment
                    ? $"The column {column} has dates with a time zone, and the model knows dates without: what the clock shows in "
                        + $"UTC is taken. Give dates without a time zone where another clock is meant."
                    : $"The column {column} has dates without a time zone, and the model knows dates with one: they are taken for "
                        + $"UTC. Give them a time zone where another is meant.");
            }

            foreach (string column in Of(notes => notes._percents).Keys)
            {
                yield return ("Percents", $"The column {column} has percents, such as 12%, which count as 0.12, and the model was made for "
                    + $"plain numbers.");
            }

            if (_unknownClasses.Count > 0)
            {
                string[] classes = [.. _unknownClasses.OrderByDescending(entry => entry.Value).Select(entry => entry.Key)];
                yield return ("UnknownClass", $"{Count(_unknownClasses.Values.Sum(), "sample")} of "
                    + $"{Count(classes.Length, "class", "classes")} that the model does not know "
                    + $"{(LeavesUnknownOut ? "are left out" : "count as mistakes")}: {Listing.Of(classes)}.");
            }

            if (_learnedFrom is { } known)
            {
                yield return (
                    "SamplesLearned",
                    $"The samples of {known} are those that the model has learned from, and it is surer of them "
                    + $"than of others. Calibrate it on others.");
            }

            if (_reversed.Count > 0)
            {
                yield return ("ScoresReversed", $"The samples are the more rarely {Listing.Of([.. _reversed])} the more probable the "
                    + $"model says that is, and what was fitted turns its probabilities round. See whether classes are mixed up, or there "
                    + $"are too few samples.");
            }

            if (_beside.Prepend(this).Select(notes => notes._pictures).OfType<MlpMessage>().FirstOrDefault() is { } pictures)
                yield return ("PicturesDiffer", pictures);
            if (_dropped > 0)
                yield return ("RowsDropped", $"{Count(_dropped, "row")} with missing values left out, as the model was made to do.");
        }
    }

    /// <summary>
    /// Takes what another model meets in the same data: what several meet is told once, with the count of the one that met most of it.
    /// </summary>
    internal EncodingNotes Beside()
    {
        var notes = new EncodingNotes();
        _beside.Add(notes);
        return notes;
    }

    /// <summary>Whether samples of classes that the model does not know count for nothing.</summary>
    internal bool LeavesUnknownOut { get; set; }

    internal void UnknownCategory(FeatureColumn column, string category) =>
        Add(_unknownCategories, ((column.Name, column.TakesUnknown), category));

    internal void UnknownClass(string name) => Add(_unknownClasses, name);

    internal void Filled(string column) => Add(_filled, column);

    /// <summary>Notes dates with a time zone where the model knows dates without, or the other way round.</summary>
    internal void Clock(FeatureColumn known, bool isMoment)
    {
        if (known.Type is { } type && new ColumnType(type).IsMoment != isMoment)
            Add(_otherClocks, (known.Name, isMoment));
    }

    /// <summary>Notes percents of a column in which the model knows none.</summary>
    internal void Percents(string column) => Add(_percents, column);

    internal void OtherPictures(string dataset, PictureStyle made, PictureStyle known) => _pictures =
        $"The pictures of {dataset} were {made.ToString().ToLowerInvariant()}, and those that the model was made for "
        + $"{known.ToString().ToLowerInvariant()}; read for the model{Hint.With(nameof(DatasetSchema), "and the model")}, they are "
        + $"made ready as it needs them.";

    /// <summary>Notes numbers that seem to be the bytes of pixels, and are taken as they are.</summary>
    internal void LargePixels(string dataset, ImageShape shape) => _pictures =
        $"The numbers of {dataset} seem to be pixels from 0 to 255 and are taken as they are, where those of pictures count as byte / 255; "
        + $"made as images{Hint.With(nameof(MlpDataset.ImageShape), $"{shape.Height}x{shape.Width}")}, they count so too.";

    /// <summary>Notes that a data set is the one that the model has learned from.</summary>
    internal void LearnedFrom(string dataset) => _learnedFrom = dataset;

    /// <summary>Notes that samples are the rarer of a class or label, the more probable the model says that is.</summary>
    internal void Reversed(string name) => _reversed.Add(name);

    internal void Dropped(int rows) => Interlocked.Add(ref _dropped, rows);

    private static string Count(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");

    private Dictionary<TKey, long> Of<TKey>(Func<EncodingNotes, Dictionary<TKey, long>> counts)
        where TKey : notnull =>
        _beside.Prepend(this).SelectMany(notes => counts(notes)).GroupBy(entry => entry.Key)
            .ToDictionary(same => same.Key, same => same.Max(entry => entry.Value));

    private void Add<TKey>(Dictionary<TKey, long> counts, TKey key)
        where TKey : notnull
    {
        lock (_lock)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;
    }
}
