namespace MlpPowerShell.Engine.Kernels;

/// <summary>
/// The float operations that a kernel needs of one vector width. A kernel is written once over this interface
/// and compiled by the just-in-time compiler for each implementation, with every call inlined.
/// </summary>
/// <typeparam name="TVector">The vector of this width.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Floats in one vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>Rows of a product tile of three vectors that fit the registers: 8 of 32 registers, 4 of 16.</summary>
    static abstract int TileRows { get; }

    /// <summary>
    /// Terms that a product sums in one go. Only where a multiply-add rounds twice are they few: what each rounding may be off by grows
    /// with the sum so far.
    /// </summary>
    static abstract int SumLength { get; }

    static abstract TVector Create(float value);

    static abstract TVector Load(float* source);

    static abstract TVector LoadBytes(byte* source);

    static abstract void Store(TVector value, float* target);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>left × right + addend, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>The smaller; NaN where right is. A NaN on the left may be forgotten: only so does x86 compare in one instruction.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>The larger; NaN as for <see cref="Min"/>.</summary>
    static abstract TVector Max(TVector left, TVector right);

    static abstract TVector Abs(TVector value);

    static abstract TVector Sqrt(TVector value);

    /// <summary>Nearest integer, ties to even; |value| below 2^22.</summary>
    static abstract TVector Round(TVector value);

    /// <summary>2 to the power of an integer between -126 and 127.</summary>
    static abstract TVector PowerOfTwo(TVector exponent);

    /// <summary>ifGreater where left is greater than right, otherwise elsewhere (also for NaN).</summary>
    static abstract TVector SelectGreater(TVector left, TVector right, TVector ifGreater, TVector elsewhere);

    static abstract float Sum(TVector value);

    static abstract float MaxElement(TVector value);
}
