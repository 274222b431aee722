using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>The numbers of one step of an optimizer, the same for all weights.</summary>
internal readonly record struct UpdateNumbers
{
    /// <summary>The learning rate; with Adam, corrected for the zero start of its mean.</summary>
    public required float Rate { get; init; }

    /// <summary>How much of the first memory stays: the momentum, or Adam's β₁.</summary>
    public float FirstDecay { get; init; }

    /// <summary>How much of the gradient the first memory takes on: Adam's 1 - β₁.</summary>
    public float FirstRest { get; init; }

    /// <summary>How much of the second memory stays: Adam's β₂, RMSprop's α, or with Adagrad all.</summary>
    public float SecondDecay { get; init; }

    /// <summary>How much of the squared gradient the second memory takes on: 1 - β₂, 1 - α, or with Adagrad all.</summary>
    public float SecondRest { get; init; }

    /// <summary>What the root of the second memory is multiplied by: Adam's correction for its zero start.</summary>
    public float RootCorrection { get; init; }

    /// <summary>Keeps the denominator off zero.</summary>
    public float Epsilon { get; init; }

    /// <summary>What each gradient is multiplied by first: below 1 where the gradient's norm is clipped.</summary>
    public float GradientScale { get; init; }

    /// <summary>The largest absolute value of a gradient, applied after its scale; infinity for no limit.</summary>
    public float ClipValue { get; init; }

    /// <summary>The gradient's part of each weight (L2 regularization).</summary>
    public float WeightDecay { get; init; }

    /// <summary>The gradient's part of each weight's sign (L1 regularization).</summary>
    public float L1 { get; init; }

    /// <summary>The part of each weight that is taken off before the step (decoupled weight decay).</summary>
    public float Shrink { get; init; }
}

/// <summary><see cref="UpdateNumbers"/> in every lane.</summary>
internal readonly struct UpdateVectors<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public readonly TVector MinusRate, FirstDecay, FirstRest, SecondDecay, SecondRest, RootCorrection, Epsilon;

    public UpdateVectors(UpdateNumbers numbers)
    {
        MinusRate = TSimd.Create(-numbers.Rate);
        FirstDecay = TSimd.Create(numbers.FirstDecay);
        FirstRest = TSimd.Create(numbers.FirstRest);
        SecondDecay = TSimd.Create(numbers.SecondDecay);
        SecondRest = TSimd.Create(numbers.SecondRest);
        RootCorrection = TSimd.Create(numbers.RootCorrection);
        Epsilon = TSimd.Create(numbers.Epsilon);
    }
}

/// <summary>What an optimizer does to one vector of weights.</summary>
internal interface IUpdateFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>Whether the first memory is used.</summary>
    static abstract bool HasFirst { get; }

    /// <summary>Whether the second memory is used.</summary>
    static abstract bool HasSecond { get; }

    /// <summary>The weights after the step, and the memories.</summary>
    static abstract TVector Step(TVector weight, TVector slope, ref TVector first, ref TVector second, in UpdateVectors<TSimd, TVector> numbers);
}

/// <summary>w - rate × g.</summary>
internal readonly struct SgdFormula<TSimd, TVector> : IUpdateFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public static bool HasFirst => false;

    public static bool HasSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Step(TVector weight, TVector slope, ref TVector first, ref TVector second, in UpdateVectors<TSimd, TVector> numbers) =>
        TSimd.MultiplyAdd(numbers.MinusRate, slope, weight);
}

/// <summary>v = momentum × v + g; w - rate × v.</summary>
internal readonly struct MomentumFormula<TSimd, TVector> : IUpdateFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public static bool HasFirst => true;

    public static bool HasSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Step(TVector weight, TVector slope, ref TVector first, ref TVector second, in UpdateVectors<TSimd, TVector> numbers)
    {
        first = TSimd.MultiplyAdd(numbers.FirstDecay, first, slope);
        return TSimd.MultiplyAdd(numbers.MinusRate, first, weight);
    }
}

/// <summary>v = momentum × v + g; w - rate × (g + momentum × v).</summary>
internal readonly struct NesterovFormula<TSimd, TVector> : IUpdateFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public static bool HasFirst => true;

    public static bool HasSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Step(TVector weight, TVector slope, ref TVector first, ref TVector second, in UpdateVectors<TSimd, TVector> numbers)
    {
        first = TSimd.MultiplyAdd(numbers.FirstDecay, first, slope);
        return TSimd.MultiplyAdd(numbers.MinusRate, TSimd.MultiplyAdd(numbers.FirstDecay, first, slope), weight);
    }
}

/// <summary>s = α × s + (1 - α) × g², or with Adagrad s + g²; w - rate × g / (√s + ε).</summary>
internal readonly struct RootSquareFormula<TSimd, TVector> : IUpdateFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public static bool HasFirst => false;

    public static bool HasSecond => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Step(TVector weight, TVector slope, ref TVector first, ref TVector second, in UpdateVectors<TSimd, TVector> numbers)
    {
        second = TSimd.MultiplyAdd(numbers.SecondDecay, second, TSimd.Multiply(numbers.SecondRest, TSimd.Multiply(slope, slope)));
        TVector scale = TSimd.Divide(numbers.MinusRate, TSimd.Add(TSimd.Sqrt(second), numbers.Epsilon));
        return TSimd.MultiplyAdd(scale, slope, weight);
    }
}

/// <summary>m = β₁ × m + (1 - β₁) × g; s = β₂ × s + (1 - β₂) × g²; w - rate × m / (√s × correction + ε).</summary>
internal readonly struct AdamFormula<TSimd, TVector> : IUpdateFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public static bool HasFirst => true;

    public static bool HasSecond => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Step(TVector weight, TVector slope, ref TVector first, ref TVector second, in UpdateVectors<TSimd, TVector> numbers)
    {
        first = TSimd.MultiplyAdd(numbers.FirstDecay, first, TSimd.Multiply(numbers.FirstRest, slope));
        second = TSimd.MultiplyAdd(numbers.SecondDecay, second, TSimd.Multiply(numbers.SecondRest, TSimd.Multiply(slope, slope)));
        TVector scale = TSimd.Divide(numbers.MinusRate, TSimd.MultiplyAdd(TSimd.Sqrt(second), numbers.RootCorrection, numbers.Epsilon));
        return TSimd.MultiplyAdd(scale, first, weight);
    }
}
