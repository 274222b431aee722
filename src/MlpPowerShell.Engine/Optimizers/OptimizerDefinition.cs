using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>All that there is to know of an optimizer: its defaults, which options it has, what it remembers, and its formula.</summary>
internal abstract unsafe class OptimizerDefinition
{
    /// <summary>A learning rate that suits it where nothing better is known.</summary>
    public abstract double LearningRate { get; }

    /// <summary>The same where numbers are predicted, whose loss is steeper the farther off the answers are.</summary>
    public virtual double RegressionLearningRate => LearningRate;

    /// <summary>The momentum where none is given, from 0 to below 1; null where it has none.</summary>
    public virtual double? Momentum => null;

    /// <summary>β₁ where none is given, from 0 to below 1; null where it has none.</summary>
    public virtual double? Beta1 => null;

    /// <summary>β₂ where none is given, from 0 to below 1; null where it has none.</summary>
    public virtual double? Beta2 => null;

    /// <summary>α where none is given, from 0 to below 1; null where it has none.</summary>
    public virtual double? Alpha => null;

    /// <summary>What keeps its denominator off zero where nothing is given, above 0; null where it has none.</summary>
    public virtual double? Epsilon => null;

    /// <summary>The weight decay where none is given, at least 0.</summary>
    public virtual double WeightDecay => 0;

    /// <summary>Whether the weights decay by themselves, at the learning rate, instead of as part of their gradient.</summary>
    public virtual bool IsDecayDecoupled => false;

    /// <summary>Whether it searches for the length of its steps, along a loss that stays the same from one look to the next.</summary>
    public virtual bool SearchesLines => false;

    /// <summary>Whether it has a first memory, laid out as the parameters.</summary>
    public abstract bool HasFirst { get; }

    /// <summary>Whether it has a second memory, laid out as the parameters.</summary>
    public abstract bool HasSecond { get; }

    /// <summary>The numbers of its formula in one step.</summary>
    /// <param name="values">The options, with its defaults where none are given.</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="rate">The learning rate.</param>
    public abstract UpdateNumbers Numbers(in OptimizerValues values, long step, double rate);

    /// <inheritdoc cref="Kernel.Update{TFormula}"/>
    public abstract bool Update(Kernel kernel, int paddedLength, in UpdateArrays arrays, in UpdateNumbers numbers, out float squares);

    /// <inheritdoc cref="Kernel.UpdateRows{TFormula}"/>
    public abstract bool UpdateRows(
        Kernel kernel, ReadOnlySpan<int> rows, int paddedLength, in UpdateArrays arrays, in UpdateNumbers numbers, Span<float> squares);

    /// <summary>Options with defaults where none are given.</summary>
    public OptimizerValues ValuesOf(OptimizerOptions options) => new(
        options.Momentum ?? Momentum ?? 0,
        options.Beta1 ?? Beta1 ?? 0,
        options.Beta2 ?? Beta2 ?? 0,
        options.Alpha ?? Alpha ?? 0,
        options.Epsilon ?? Epsilon ?? 0,
        options.WeightDecay ?? WeightDecay);
}

/// <summary>An optimizer with its formula, which a kernel compiles for each vector width.</summary>
internal abstract class OptimizerDefinition<TFormula> : OptimizerDefinition
    where TFormula : struct, IUpdateFormula
{
    public sealed override bool HasFirst => TFormula.HasFirst;

    public sealed override bool HasSecond => TFormula.HasSecond;

    public sealed override bool Update(
        Kernel kernel, int paddedLength, in UpdateArrays arrays, in UpdateNumbers numbers, out float squares) =>
        kernel.Update<TFormula>(paddedLength, arrays, numbers, out squares);

    public sealed override bool UpdateRows(
        Kernel kernel, ReadOnlySpan<int> rows, int paddedLength, in UpdateArrays arrays, in UpdateNumbers numbers, Span<float> squares) =>
        kernel.UpdateRows<TFormula>(rows, paddedLength, arrays, numbers, squares);
}

/// <summary>The options of an optimizer, none of them open; 0 where it has one not.</summary>
internal readonly record struct OptimizerValues(
    double Momentum, double Beta1, double Beta2, double Alpha, double Epsilon, double WeightDecay);
