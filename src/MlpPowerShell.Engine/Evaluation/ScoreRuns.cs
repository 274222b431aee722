namespace MlpPowerShell.Engine.Evaluation;

/// <summary>
/// Scores in their order with how much stands at each: exact as long as there are few different ones, and else rounded as little as room
/// for them asks. So what needs ranks can be measured of a stream of any length.
/// </summary>
/// <remarks>
/// Scores are whole numbers here, whose last bits are what is rounded away: those of floats, which then round relatively.
/// </remarks>
internal sealed class ScoreRuns
{
    /// <summary>Different scores that there is room for in all, of all classes together: 24 bytes each.</summary>
    private const int Room = 1 << 23;

    private const int LeastRoom = 1 << 10;
    private const int FirstRoom = 16;
    private const int HalfBits = 0x3F000000;

    private readonly int _room;
    private long[] _scores = [];
    private (double Positive, double Negative)[] _weights = [];
    private int _count;
    private int _lostBits;
    private bool _isSorted;

    /// <param name="among">How many such lists share the memory.</param>
    public ScoreRuns(int among) => _room = Math.Max(Room / among, LeastRoom);

    /// <summary>A probability as a score, rounded relatively to it below one half, and above to what is left to 1.</summary>
    public static long ScoreOf(float probability) => probability <= 0.5f
        ? BitConverter.SingleToInt32Bits(Math.Max(probability, 0))
        : (2L * HalfBits) - BitConverter.SingleToInt32Bits(Math.Max(1 - probability, 0));

    /// <summary>The probability that is a score.</summary>
    public static float ProbabilityOf(long score) => score <= HalfBits
        ? BitConverter.Int32BitsToSingle((int)score)
        : 1 - BitConverter.Int32BitsToSingle((int)((2L * HalfBits) - score));

    /// <summary>A distance, 0 or more, as a score.</summary>
    public static long ScoreOf(double distance) => BitConverter.DoubleToInt64Bits(distance);

    /// <summary>The distance that is a score.</summary>
    public static double DistanceOf(long score) => BitConverter.Int64BitsToDouble(score);

    /// <summary>Adds a score.</summary>
    /// <param name="score">The score.</param>
    /// <param name="weight">How much it counts.</param>
    /// <param name="isPositive">Whether it is that of a sample of the class, or for one whose label holds.</param>
    public void Add(long score, double weight, bool isPositive)
    {
        if (_count == _scores.Length)
            MakeRoom();
        _scores[_count] = score >> _lostBits << _lostBits;
        _weights[_count++] = isPositive ? (weight, 0) : (0, weight);
        _isSorted = false;
    }

    /// <summary>The different probabilities with what stands at each, the highest first; what weighs nothing is left out.</summary>
    public IEnumerable<(float Probability, double Positive, double Negative)> Falling()
    {
        Merge();
        for (int i = _count - 1; i >= 0; i--)
        {
            if (_weights[i].Positive + _weights[i].Negative > 0)
                yield return (ProbabilityOf(_scores[i]), _weights[i].Positive, _weights[i].Negative);
        }
    }

    /// <summary>
    /// How probable it is that of a positive and a negative the positive has the higher score, equal ones counting half: the area under the
    /// curve of true against false positives (Hanley and McNeil, 1982). Null where there are not both.
    /// </summary>
    public double? AreaUnderCurve()
    {
        Merge();
        double below = 0, ahead = 0, positives = 0;
        foreach ((double positive, double negative) in _weights.AsSpan(0, _count))
        {
            ahead += positive * (below + (negative / 2));
            below += negative;
            positives += positive;
        }

        return positives > 0 && below > 0 ? ahead / (positives * below) : null;
    }

    /// <summary>
    /// The precision at each score, weighted by how much recall grows there, without interpolation, as scikit-learn does. Null where there
    /// is no positive.
    /// </summary>
    public double? AveragePrecision()
    {
        Merge();
        double found = 0, taken = 0, sum = 0;
        for (int i = _count - 1; i >= 0; i--)
        {
            double positive = _weights[i].Positive;
            found += positive;
            taken += positive + _weights[i].Negative;
            sum += positive > 0 ? positive * found / taken : 0;
        }

        return found > 0 ? sum / found : null;
    }

    /// <summary>
    /// The distance that half of the weight does not exceed: where that is met exactly, the mean of two, as of an even number of samples.
    /// </summary>
    public double MedianDistance()
    {
        Merge();
        double half = _weights.Take(_count).Sum(weight => weight.Positive) / 2, below = 0;
        for (int i = 0; i < _count; i++)
        {
            below += _weights[i].Positive;
            if (below > half || i == _count - 1)
                return DistanceOf(_scores[i]);
            if (below == half)
                return (DistanceOf(_scores[i]) + DistanceOf(_scores[i + 1])) / 2;
        }

        return double.NaN;
    }

    /// <summary>Makes room for one more at least.</summary>
    private void MakeRoom()
    {
        Merge();
        while (_count > _room / 2)
        {
            _lostBits++;
            for (int i = 0; i < _count; i++)
                _scores[i] = _scores[i] >> _lostBits << _lostBits;
            MergeEqual();
        }

        int length = Math.Min(Math.Max(2 * _count, FirstRoom), _room);
        Array.Resize(ref _scores, length);
        Array.Resize(ref _weights, length);
    }

    private void Merge()
    {
        if (_isSorted)
            return;
        Array.Sort(_scores, _weights, 0, _count);
        MergeEqual();
        _isSorted = true;
    }

    private void MergeEqual()
    {
        int last = -1;
        for (int i = 0; i < _count; i++)
        {
            if (last >= 0 && _scores[i] == _scores[last])
            {
                _weights[last] = (_weights[last].Positive + _weights[i].Positive, _weights[last].Negative + _weights[i].Negative);
                continue;
            }

            _scores[++last] = _scores[i];
            _weights[last] = _weights[i];
        }

        _count = last + 1;
    }
}
