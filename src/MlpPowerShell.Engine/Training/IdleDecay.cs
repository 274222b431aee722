using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// The decay of one-hot rows in the steps of batches that don't have them, put off until a batch has them or all weights are asked for:
/// a rare category decays as it would spread out into zeros and ones, and a step costs what its batch has.
/// </summary>
/// <remarks>
/// A step without a gradient takes a weight w to sign(w) max(0, a |w| - b). Several such steps are one again: a2 max(0, a1 |w| - b1) - b2,
/// and 0 where that is below, is a1 a2 |w| - (a2 b1 + b2). So two numbers tell what all steps so far make of a weight, and what those from
/// some step on make of it is found from the two as they were then.
/// </remarks>
internal sealed unsafe class IdleDecay
{
    /// <summary>Below this factor all rows are brought up to date, and it is 1 again: far above where doubles lose figures.</summary>
    private const double Least = 1e-100;

    private readonly OneHotLayout _layout;
    private readonly Kernel _kernel;
    private readonly Mark[] _marks;
    private Mark _now = new(0, 1, 0);
    private int _allAt;

    /// <param name="layout">Where the rows stand.</param>
    public IdleDecay(ParameterLayout layout)
    {
        _layout = layout.OneHot;
        _kernel = layout.Kernel;
        _marks = new Mark[_layout.Count];
        Reset();
    }

    /// <summary>Takes all rows as they are for up to date.</summary>
    public void Reset()
    {
        _now = new Mark(_now.Step, 1, 0);
        Array.Fill(_marks, _now);
        _allAt = _now.Step;
    }

    /// <summary>Counts a step, which the rows of its batch have taken already.</summary>
    /// <param name="rows">The rows of the batch, up to date before the step.</param>
    /// <param name="idle">The factor that a weight keeps in a step without a gradient, and how much nearer to 0 it comes then.</param>
    /// <param name="weights">The weights.</param>
    public void Advance(ReadOnlySpan<int> rows, (double Kept, double Taken) idle, AlignedBuffer weights)
    {
        if (idle == (1, 0))
            return;
        _now = new Mark(_now.Step + 1, idle.Kept * _now.Kept, (Math.Abs(idle.Kept) * _now.Taken) + idle.Taken);
        foreach (int row in rows)
            _marks[row] = _now;
        if (_now.Kept >= Least)
            return;
        CatchUp(weights);
        Reset();
    }

    /// <summary>Brings all rows up to date.</summary>
    public void CatchUp(AlignedBuffer weights)
    {
        if (_allAt == _now.Step)
            return;
        for (int row = 0; row < _marks.Length; row++)
            CatchUp(row, weights);
        _allAt = _now.Step;
    }

    /// <summary>Brings the rows up to date that some samples have.</summary>
    public void CatchUp(Samples data, int[]? order, int start, int count, AlignedBuffer weights)
    {
        for (int i = start; i < start + count; i++)
        {
            int sample = order is null ? i : order[i];
            foreach (int row in data.Codes.AsSpan(sample * _layout.CodeCount, _layout.CodeCount))
            {
                if (row >= 0)
                    CatchUp(row, weights);
            }
        }
    }

    /// <summary>Brings a row up to date.</summary>
    public void CatchUp(int row, AlignedBuffer weights)
    {
        ref Mark mark = ref _marks[row];
        if (mark.Step == _now.Step)
            return;
        double kept = _now.Kept / mark.Kept, taken = _now.Taken - (Math.Abs(kept) * mark.Taken);
        _kernel.Shrink(_layout.Width, (float)kept, (float)Math.Max(taken, 0), weights.Pointer + _layout.RowOffset(row));
        mark = _now;
    }

    /// <summary>What all steps so far make of a weight, when a row was up to date.</summary>
    private readonly record struct Mark(int Step, double Kept, double Taken);
}
