namespace MlpPowerShell.Engine.Kernels;

/// <summary>Where the matrices of a product C (+)= A × B stand.</summary>
/// <param name="a">The start of A, whose value [i, p] is a[i × aRow + p × aStep], so that a transposed one costs nothing.</param>
/// <param name="aRow">Floats from one row of A to the next.</param>
/// <param name="aStep">Floats from one column of A to the next.</param>
/// <param name="b">The start of B.</param>
/// <param name="bRow">Floats from one row of B to the next.</param>
/// <param name="c">The start of C.</param>
/// <param name="cRow">Floats from one row of C to the next.</param>
internal readonly unsafe struct ProductArrays(float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow)
{
    public float* A { get; } = a;

    public nint ARow { get; } = aRow;

    public nint AStep { get; } = aStep;

    public float* B { get; } = b;

    public nint BRow { get; } = bRow;

    public float* C { get; } = c;

    public nint CRow { get; } = cRow;

    /// <summary>The same from a row of A and C on, and from a column of A and row of B.</summary>
    public ProductArrays From(int row, int term) =>
        new(A + (row * ARow) + (term * AStep), ARow, AStep, B + (term * BRow), BRow, C + (row * CRow), CRow);
}
