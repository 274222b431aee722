using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Reads rows as SVMlight and LIBSVM write them: a label, and numbers of features with their values, where what is left out is zero.
/// </summary>
internal static class SvmlightReader
{
    private const string Label = "label";
    private const string Query = "qid";
    private const int LinesLookedAt = 5;
    private const int RowsBetweenChecks = 1 << 12;

    // Features for each value that is given, and to begin with: of more, nearly all would be zero throughout.
    private const int MostPerValue = 64;
    private const int MostAnyway = 1000;

    // What an empty column and its name take.
    private const long BytesOfColumn = 256;

    /// <summary>Whether a text begins as such a file does, comments aside.</summary>
    public static bool Begins(ReadOnlySpan<char> text)
    {
        int rows = 0;
        bool hasFeatures = false;
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            ReadOnlySpan<char> row = WithoutComment(line).Trim();
            if (row.IsEmpty)
                continue;
            if (rows == LinesLookedAt)
                break;
            ReadOnlySpan<char> rest = row;
            if (!IsNumber(Word(ref rest)))
                return false;
            while (!rest.IsEmpty)
            {
                ReadOnlySpan<char> word = Word(ref rest);
                int colon = word.IndexOf(':');
                if (colon <= 0 || !(word[..colon] is Query || word[..colon].ContainsAnyExceptInRange('0', '9') == false))
                {
                    // The last line looked at may be cut.
                    return rows > 0 && hasFeatures && rest.IsEmpty;
                }

                hasFeatures = true;
            }

            rows++;
        }

        return hasFeatures;
    }

    /// <summary>Reads the rows of a text.</summary>
    /// <exception cref="MlpException">It is no such text; the message gives the line.</exception>
    public static MlpTable Read(RowSource source, TextReader text)
    {
        var rows = new Rows(source);
        var lines = new TextLines(source.Path, text);
        int seen = 0;
        while (rows.Count < source.Options.First && lines.TryNext(out ReadOnlySpan<char> line))
        {
            ReadOnlySpan<char> row = WithoutComment(line.Trim("\uFEFF \t"));
            if (row.IsWhiteSpace() || seen++ < source.Options.Skip)
                continue;
            rows.Add(lines.Number, row);
            if (rows.Count % RowsBetweenChecks == 0)
                source.Cancellation.ThrowIfCancellationRequested();
        }

        return rows.ToTable();
    }

    private static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> line) =>
        line.IndexOf('#') is >= 0 and int comment ? line[..comment] : line;

    private static ReadOnlySpan<char> Word(ref ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOfAny(' ', '\t');
        ReadOnlySpan<char> word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[end..].TrimStart();
        return word;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number);

    /// <summary>The rows so far: of features only those that are not zero.</summary>
    private sealed class Rows(RowSource source)
    {
        private readonly List<double> _labels = [];
        private readonly List<double> _queries = [];
        private readonly List<int> _lines = [];
        private readonly List<(int Row, int Feature, double Value)> _values = [];
        private int _first = source.Options.FirstFeature ?? 1;
        private int _last;

        public int Count => _labels.Count;

        public void Add(int line, ReadOnlySpan<char> row)
        {
            ReadOnlySpan<char> rest = row.TrimStart();
            ReadOnlySpan<char> label = Word(ref rest);
            if (label.Contains(','))
                throw Invalid(line, $"'{label.ToString()}' are several labels of a row, and one is read; make columns of them in a table");
            int count = Count, previous = -1;
            _labels.Add(Number(line, label, "label"));
            _queries.Add(double.NaN);
            _lines.Add(line);
            while (!rest.IsEmpty)
            {
                ReadOnlySpan<char> word = Word(ref rest);
                int colon = word.IndexOf(':');
                if (colon < 0)
                    throw Invalid(line, $"'{word.ToString()}' is no feature, which is written as its number, a colon and its value");
                double value = Number(line, word[(colon + 1)..], "value");
                if (word[..colon] is Query)
                {
                    _queries[^1] = value;
                    continue;
                }

                if (!int.TryParse(word[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out int feature) || feature <= previous)
                    throw Invalid(line, $"'{word[..colon].ToString()}' is no number of a feature above that of the one before");
                previous = feature;
                (_first, _last) = (Math.Min(_first, feature), Math.Max(_last, feature));
                if (value != 0)
                    _values.Add((count, feature, value));
            }
        }

        public MlpTable ToTable()
        {
            if (Count == 0)
                throw RowSource.NoRows(source.Path, source.Options);
            if (source.Options.FeatureCount is { } asked)
            {
                if (_last - _first >= asked)
                {
                    throw new MlpException(
                        "FeatureCountTooLow",
                        MlpErrorKind.InvalidArgument,
                        $"{source.Path} has a feature {_last}, and {asked} are to be read from {_first} on.");
                }

                _last = _first + asked - 1;
            }

            else if ((long)_last - _first > ((long)MostPerValue * _values.Count) + MostAnyway)
            {
                throw new MlpException(
                    "FeatureCountTooHigh",
                    MlpErrorKind.InvalidData,
                    $"{source.Path} has a feature {_last}, and {_values.Count} values in all that are not zero. If that is right, say "
                    + $"how many features there are{Hint.With(nameof(TableReadOptions.FeatureCount))}.");
            }

            long features = (long)_last - _first + 1;
            InputFile.CheckMemory(source.Path, features * (Count + BytesOfColumn));
            bool hasQueries = _queries.Exists(query => !double.IsNaN(query));
            DataColumn[] columns =
            [
                ColumnOf(Label, [.. _labels]),
                .. hasQueries ? [ColumnOf(Query, [.. _queries])] : Array.Empty<DataColumn>(),
                .. Features(),
            ];
            return new MlpTable(source, Array.ConvertAll(columns, column => new ReadColumn(column)), _lines)
            {
                DefaultLabel = Label,
                FirstFeature = _first,
                RowNames = hasQueries ? Query : null,
            };
        }

        /// <summary>A column for each feature: small numbers take a byte a row, and columns that are zero have the same bytes.</summary>
        private IEnumerable<DataColumn> Features()
        {
            (int Row, int Feature, double Value)[] values = [.. _values.OrderBy(value => value.Feature)];
            _values.Clear();
            var dense = new double[Count];
            PackedNumbers zeros = PackedNumbers.Of(dense);
            int place = 0;
            for (int feature = _first; feature <= _last; feature++)
            {
                source.Cancellation.ThrowIfCancellationRequested();
                int from = place;
                bool areWhole = true;
                for (; place < values.Length && values[place].Feature == feature; place++)
                {
                    dense[values[place].Row] = values[place].Value;
                    areWhole &= double.IsInteger(values[place].Value);
                }

                yield return DataColumn.OfPacked(
                    feature.ToString(CultureInfo.InvariantCulture),
                    ColumnKind.Number,
                    from == place ? zeros : PackedNumbers.Of(dense),
                    areWhole ? ColumnType.Int32 : ColumnType.Double);
                for (int i = from; i < place; i++)
                    dense[values[i].Row] = 0;
            }
        }

        private static DataColumn ColumnOf(string name, double[] numbers)
        {
            bool areWhole = Array.TrueForAll(numbers, number => double.IsNaN(number) || number == (int)number);
            return DataColumn.OfNumbers(name, numbers, areWhole ? ColumnType.Int32 : ColumnType.Double);
        }

        private double Number(int line, ReadOnlySpan<char> text, string what) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                ? number + 0.0
                : throw Invalid(line, $"the {what} '{text.ToString()}' is no number");

        private MlpException Invalid(int line, MlpMessage what) =>
            new("InvalidSvmlight", MlpErrorKind.InvalidData, $"{source.At(line)}: {what}.");
    }
}
