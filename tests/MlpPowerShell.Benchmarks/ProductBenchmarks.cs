using BenchmarkDotNet.Attributes;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Benchmarks;

/// <summary>The product core alone, on one thread: a slice or a block by one panel, for each vector width.</summary>
public unsafe class ProductBenchmarks
{
    private Kernel _kernel = null!;
    private AlignedBuffer _left = null!;
    private AlignedBuffer _right = null!;
    private AlignedBuffer _result = null!;

    /// <summary>The products of backpropagation, as its slices and blocks call for them.</summary>
    public static IEnumerable<PanelProduct> Products =>
        from kernel in Kernel.All
        from product in new[]
        {
            (Name: "forward", Rows: 32, Depth: 784), (Name: "forward", Rows: 32, Depth: 1024),
            (Name: "input gradient", Rows: 32, Depth: 64), (Name: "weight gradient", Rows: kernel.PackWidth, Depth: 256)
        }
        select new PanelProduct(product.Name, kernel.Lanes, product.Rows, product.Depth, kernel.PanelWidth);

    /// <summary>The product to time.</summary>
    [ParamsSource(nameof(Products))]
    public PanelProduct Product { get; set; } = null!;

    /// <summary>Fills the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _kernel = Kernel.All.Single(kernel => kernel.Lanes == Product.Lanes);
        _left = new AlignedBuffer(Product.Rows * Product.Depth);
        _right = new AlignedBuffer(Product.Depth * Product.Columns);
        _result = new AlignedBuffer(Product.Rows * Product.Columns);
        new Span<float>(_left.Pointer, (int)_left.Length).Fill(0.5f);
        new Span<float>(_right.Pointer, (int)_right.Length).Fill(0.25f);
    }

    /// <summary>One product.</summary>
    [Benchmark]
    public void Multiply()
    {
        // The weight gradient reads its left operand transposed.
        bool transposed = Product.Name == "weight gradient";
        nint row = transposed ? 1 : Product.Depth, step = transposed ? Product.Rows : 1;
        var arrays = new ProductArrays(_left.Pointer, row, step, _right.Pointer, Product.Columns, _result.Pointer, Product.Columns);
        _kernel.Multiply(Product.Rows, Product.Columns, Product.Depth, arrays, SumMode.Set);
    }
}

/// <summary>Rows × depth times depth × columns.</summary>
public sealed record PanelProduct(string Name, int Lanes, int Rows, int Depth, int Columns) : IWork
{
    /// <inheritdoc/>
    public double Operations => 2.0 * Rows * Depth * Columns;

    /// <inheritdoc/>
    public int Threads => 1;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}, {32 * Lanes} bits: {Rows}x{Depth}x{Columns}";
}
