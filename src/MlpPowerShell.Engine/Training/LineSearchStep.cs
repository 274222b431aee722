using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// Takes steps along the whole training set's gradient whose direction and length an optimizer searches for. The loss that it makes smaller
/// has half the weight decay times the squares of the weights in it, whose slope the decay is.
/// </summary>
internal sealed unsafe class LineSearchStep
{
    /// <summary>A gradient of a mean loss that is as short as float32's noise.</summary>
    private const double LeastNorm = 1e-7;

    private readonly TrainingRanks _ranks;
    private readonly EpochFigures _figures;
    private readonly ParameterLayout _layout;
    private readonly TrainingStep _step;
    private readonly Optimizer _optimizer;
    private readonly CurvaturePairs _pairs;
    private readonly LineSearch _search;
    private readonly LongVectors _vectors;
    private readonly double _decay;
    private readonly double _rate;
    private readonly AlignedBuffer _start;
    private readonly AlignedBuffer _direction;
    private readonly AlignedBuffer _gradient;
    private readonly AlignedBuffer _gradientAhead;
    private (long Offset, int Length)[] _decayed = [];
    private Samples? _part;
    private BatchShare _share;
    private BatchScore _score;
    private BatchScore _scoreAhead;
    private double _value;
    private LinePoint _lookedAt;
    private bool _gradientIsCurrent;
    private bool _isUnderWay;

    /// <param name="plan">What the training is made of.</param>
    /// <param name="ranks">The processes that train together.</param>
    /// <param name="figures">Where the training stands.</param>
    /// <param name="layout">How the parameters are laid out.</param>
    /// <param name="optimizer">What remembers the steps before.</param>
    /// <param name="step">What has the weights, and computes gradients.</param>
    public LineSearchStep(
        TrainingPlan plan, TrainingRanks ranks, EpochFigures figures, ParameterLayout layout, Optimizer optimizer, TrainingStep step)
    {
        _ranks = ranks;
        _figures = figures;
        _layout = layout;
        _step = step;
        _optimizer = optimizer;
        _pairs = optimizer.Pairs!;
        _search = new LineSearch(Look);
        _vectors = new LongVectors(layout.Kernel, layout.Length) { Threads = plan.MostThreads };
        _decay = plan.Options.Optimizer.WeightDecay ?? 0;
        _rate = plan.Options.LearningRate;
        _start = new AlignedBuffer(layout.Length);
        _direction = new AlignedBuffer(layout.Length);
        _gradient = new AlignedBuffer(layout.Length);
        _gradientAhead = new AlignedBuffer(layout.Length);
    }

    /// <summary>Whether no step leads down from here, as far as float32 can tell.</summary>
    public bool IsConverged { get; set; }

    /// <summary>The score of the training set after the last step, as its gradient has it.</summary>
    public BatchScore Score => _score;

    /// <summary>Takes a step; where the training is stopped in its midst, none.</summary>
    /// <param name="part">The samples of this process.</param>
    /// <param name="share">Its share of the training set.</param>
    public void Take(Samples? part, BatchShare share)
    {
        (_part, _share) = (part, share);
        if (!_gradientIsCurrent && !TryBegin())
            return;
        double norm = Math.Sqrt(_vectors.Dot(_gradient, _gradient));
        _step.Weights.CopyTo(_start);
        _isUnderWay = true;
        LinePoint? found = norm > LeastNorm ? Search(norm) : null;
        if (found is null && norm > LeastNorm && !_ranks.IsStopped && !_pairs.IsEmpty)
        {
            // What is remembered of other places may mislead here; along the gradient itself it goes down if anywhere.
            _pairs.Clear();
            found = Search(norm);
        }

        if (_ranks.IsStopped || found is not { } point || !IsBetter(point, norm))
        {
            Abandon();
            IsConverged = !_ranks.IsStopped;
        }
        else
        {
            Arrive(point);
        }

        if (!_ranks.IsStopped)
            _figures.EndStep(norm);
    }

    /// <summary>Goes back to the weights before a step that is not complete.</summary>
    public void Abandon()
    {
        if (_isUnderWay)
            _step.Load(_start);
        _isUnderWay = false;
    }

    /// <summary>Looks at where the training starts, whose running statistics stay as they are.</summary>
    private bool TryBegin()
    {
        _pairs.Begin(_vectors);
        _step.Weights.CopyTo(_start);
        _score = _step.WholeGradient(_part, _share, _gradient);
        _layout.CopyStatistics(_start, _step.Weights);
        if (_ranks.IsStopped)
            return false;
        _ = _step.Checked(_score);
        _decayed = [.. _step.Decayed];
        _value = Decayed(_score, _gradient);
        _gradientIsCurrent = true;
        return true;
    }

    private LinePoint? Search(double norm)
    {
        _pairs.Direct(_vectors, _gradient, _direction);
        double slope = _vectors.Dot(_gradient, _direction);

        // Without a scale of the Hessian, the first step is one of length 1 at most.
        double first = _rate * (_pairs.IsEmpty ? Math.Min(1, 1 / norm) : 1);
        return slope < 0 ? _search.Find(new LinePoint(0, _value, slope), first) : null;
    }

    /// <summary>The point at some length along the direction, where the weights are then.</summary>
    private LinePoint? Look(double length)
    {
        _start.CopyTo(_step.Weights);
        _vectors.AddMultiple(length, _direction, _step.Weights);
        _scoreAhead = _step.WholeGradient(_part, _share, _gradientAhead);
        if (_ranks.IsStopped)
            return null;
        double value = Decayed(_scoreAhead, _gradientAhead);
        _lookedAt = new LinePoint(length, value, _vectors.Dot(_gradientAhead, _direction));
        return _lookedAt;
    }

    /// <summary>
    /// Whether a point is lower, or where float32 can't tell, flatter than the one before; the weights and the gradient are there then.
    /// </summary>
    private bool IsBetter(LinePoint point, double norm) => (_lookedAt == point || Look(point.Length) is not null)
        && (point.Value < _value || _vectors.Dot(_gradientAhead, _gradientAhead) < norm * norm);

    private void Arrive(LinePoint point)
    {
        _pairs.Add(_vectors, point.Length, _direction, _gradient, _gradientAhead);
        _gradientAhead.CopyTo(_gradient);
        (_score, _value) = (_scoreAhead, point.Value);
        _figures.LearningRate = point.Length;
        _optimizer.EndStep();
        _isUnderWay = false;
        _step.Settle();
    }

    /// <summary>
    /// The mean loss with the part that weight decay has in it, which is added to the gradient too; infinite where it is no number.
    /// </summary>
    private double Decayed(BatchScore score, AlignedBuffer gradient)
    {
        double squares = 0;
        if (_decay > 0)
        {
            foreach ((long offset, int length) in _decayed)
            {
                float* weights = _step.Weights.Pointer + offset;
                squares += _layout.Kernel.SumSquares(length, weights);
                _layout.Kernel.AddMultiple(length, (float)_decay, weights, gradient.Pointer + offset);
            }
        }

        double value = (score.Loss / _share.BatchCount) + (_decay / 2 * squares);
        return double.IsFinite(value) ? value : double.PositiveInfinity;
    }
}
