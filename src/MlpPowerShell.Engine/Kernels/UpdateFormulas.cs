namespace MlpPowerShell.Engine.Kernels;

/// <summary>The numbers of one step of an optimizer, the same for all weights.</summary>
internal readonly record struct UpdateNumbers
{
    /// <summary>The learning rate; with Adam, corrected for the zero start of its mean.</summary>
    public required float Rate { get; init; }

    /// <summary>The learning rate of the gradient itself, where a step follows it beside the first memory.</summary>
    public float SlopeRate { get; init; }

    /// <summary>How much of the first memory stays: the momentum, or Adam's β₁, and what Lion's direction has of it.</summary>
    public float FirstDecay { get; init; }

    /// <summary>How much of the gradient the first memory takes on: Adam's 1 - β₁.</summary>
    public float FirstRest { get; init; }

    /// <summary>
    /// How much of the second memory stays: Adam's β₂, RMSprop's α, or with Adagrad all. Lion's first memory has these two instead.
    /// </summary>
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

    /// <summary>How much nearer to 0 each weight comes after the step (L1 regularization).</summary>
    public float L1 { get; init; }

    /// <summary>The part of each weight that is taken off before the step (decoupled weight decay).</summary>
    public float Shrink { get; init; }
}

/// <summary>
/// The arrays that a step reads and writes, all laid out alike but for gradients and old weights, whose rows stand one after another.
/// </summary>
internal readonly unsafe struct UpdateArrays
{
    /// <summary>The weights before the step.</summary>
    public required float* Weights { get; init; }

    /// <summary>Their gradients.</summary>
    public required float* Gradients { get; init; }

    /// <summary>The first memory; null where the optimizer has none.</summary>
    public float* First { get; init; }

    /// <summary>The second memory; null where the optimizer has none.</summary>
    public float* Second { get; init; }

    /// <summary>Where the weights after the step go, which may be where they were.</summary>
    public required float* Next { get; init; }

    /// <summary>Where the weights before the step are kept; null where they are not.</summary>
    public float* Old { get; init; }
}

/// <summary><see cref="UpdateNumbers"/> in every lane.</summary>
internal readonly struct UpdateVectors<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public readonly TVector MinusRate, MinusSlopeRate, FirstDecay, FirstRest, SecondDecay, SecondRest, RootCorrection, Epsilon;

    public UpdateVectors(UpdateNumbers numbers)
    {
        MinusRate = TSimd.Create(-numbers.Rate);
        MinusSlopeRate = TSimd.Create(-numbers.SlopeRate);
        FirstDecay = TSimd.Create(numbers.FirstDecay);
        FirstRest = TSimd.Create(numbers.FirstRest);
        SecondDecay = TSimd.Create(numbers.SecondDecay);
        SecondRest = TSimd.Create(numbers.SecondRest);
        RootCorrection = TSimd.Create(numbers.RootCorrection);
        Epsilon = TSimd.Create(numbers.Epsilon);
    }
}

/// <summary>What an optimizer does to one vector of weights.</summary>
internal interface IUpdateFormula
{
    /// <summary>Whether the first memory is used.</summary>
    static abstract bool HasFirst { get; }

    /// <summary>Whether the second memory is used.</summary>
    static abstract bool HasSecond { get; }

    /// <summary>The weights after the step, and the memories. What isn't finite in the slope isn't in the weights either.</summary>
    static abstract TVector Step<TSimd, TVector>(
        TVector weight, TVector slope, ref TVector first, ref TVector second, in UpdateVectors<TSimd, TVector> numbers)
        where TSimd : ISimd<TVector>
        where TVector : struct;
}
