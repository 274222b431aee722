using System.Numerics;
using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Distorts images at random. How an image is distorted is a function of key and sample, so that any worker makes the same image of it
/// at any time.
/// </summary>
internal sealed unsafe class ImageDistortion
{
    /// <summary>Floats that rows of noise are rounded up to: a multiple of every vector, so that no width changes the noise.</summary>
    private const int Group = 16;

    private static readonly Vector<float> _lanes = new([.. Enumerable.Range(0, Vector<float>.Count).Select(lane => (float)lane)]);

    private readonly AugmentationOptions _options;
    private readonly Kernel _kernel;
    private readonly int _height;
    private readonly int _width;
    private readonly int _stride;
    private readonly AlignedBuffer? _blurDown;
    private readonly AlignedBuffer? _blurAcross;
    private readonly Scratch[] _scratch;

    /// <param name="options">What to do to the images.</param>
    /// <param name="shape">Their size.</param>
    /// <param name="kernel">For the blur.</param>
    /// <param name="workers">How many threads will work at once.</param>
    public ImageDistortion(AugmentationOptions options, ImageShape shape, Kernel kernel, int workers)
    {
        _options = options;
        _kernel = kernel;
        _height = shape.Height;
        _width = shape.Width;
        _stride = (_width + Group - 1) / Group * Group;
        if (options.ElasticAlpha > 0)
        {
            _blurDown = Gaussian(_height, _height, options.ElasticSigma, options.ElasticAlpha);
            _blurAcross = Gaussian(_width, _stride, options.ElasticSigma, 1);
        }

        _scratch = [.. Enumerable.Range(0, workers).Select(_ => new Scratch(_height, _width, _stride))];
    }

    /// <summary>Determines the distortions, together with the sample.</summary>
    public ulong Key { get; set; }

    /// <summary>Distorts one image; beyond its border all is 0.</summary>
    /// <param name="source">Height × width pixels.</param>
    /// <param name="target">As many.</param>
    /// <param name="sample">The sample's place in the epoch.</param>
    /// <param name="worker">The thread at work, a number below that of the constructor.</param>
    /// <remarks>Bound by the blur's four small products and four reads for each pixel.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Distort(float* source, float* target, int sample, int worker)
    {
        Scratch scratch = _scratch[worker];
        uint key = (uint)SeededRandom.Mix(Key ^ (uint)sample);
        int fieldLength = _height * _stride;
        if (_blurDown is not null)
        {
            Blur(key, 0, scratch.Noise.Pointer, scratch.Half.Pointer, scratch.MoveX.Pointer);
            Blur(key, (uint)fieldLength, scratch.Noise.Pointer, scratch.Half.Pointer, scratch.MoveY.Pointer);
        }

        int pad = _width + 3;
        float* padded = scratch.Padded.Pointer;
        for (int i = 0; i < _height; i++)
            Unsafe.CopyBlockUnaligned(padded + ((i + 1) * pad) + 1, source + (i * _width), (uint)(_width * sizeof(float)));

        Affine map = Draw(key, (uint)(2 * fieldLength));
        for (int i = 0; i < _height; i++)
        {
            SampleRow(map, i, scratch);
            Unsafe.CopyBlockUnaligned(target + (i * _width), scratch.Row.Pointer, (uint)(_width * sizeof(float)));
        }
    }

    /// <summary>Takes one row's pixels from where they come from, between four pixels of the source each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SampleRow(Affine map, int i, Scratch scratch)
    {
        int pad = _width + 3;
        float* padded = scratch.Padded.Pointer;
        int* places = stackalloc int[Vector<int>.Count];
        float* corners = stackalloc float[4 * Vector<float>.Count];
        for (int j = 0; j < _width; j += Vector<float>.Count)
        {
            // One row and column of zeros before the image and two behind it are there for what falls outside.
            Vector<float> columns = _lanes + new Vector<float>(j);
            int field = (i * _stride) + j;
            Vector<float> x = (columns * map.XByColumn) + new Vector<float>(map.XByRow * i) + new Vector<float>(map.X)
                + Unsafe.ReadUnaligned<Vector<float>>(scratch.MoveX.Pointer + field);
            Vector<float> y = (columns * map.YByColumn) + new Vector<float>(map.YByRow * i) + new Vector<float>(map.Y)
                + Unsafe.ReadUnaligned<Vector<float>>(scratch.MoveY.Pointer + field);
            x = Vector.Max(Vector.Min(x, new Vector<float>(_width)), new Vector<float>(-1f)) + Vector<float>.One;
            y = Vector.Max(Vector.Min(y, new Vector<float>(_height)), new Vector<float>(-1f)) + Vector<float>.One;
            Vector<int> left = Vector.ConvertToInt32(x), top = Vector.ConvertToInt32(y);
            Unsafe.WriteUnaligned(places, (top * pad) + left);
            for (int lane = 0; lane < Vector<float>.Count; lane++)
            {
                float* above = padded + places[lane];
                corners[lane] = above[0];
                corners[lane + Vector<float>.Count] = above[1];
                corners[lane + (2 * Vector<float>.Count)] = above[pad];
                corners[lane + (3 * Vector<float>.Count)] = above[pad + 1];
            }

            Vector<float> right = x - Vector.ConvertToSingle(left);
            Vector<float> upper = Between(corners, right);
            Vector<float> lower = Between(corners + (2 * Vector<float>.Count), right);
            Unsafe.WriteUnaligned(scratch.Row.Pointer + j, upper + ((y - Vector.ConvertToSingle(top)) * (lower - upper)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Between(float* values, Vector<float> part)
    {
        Vector<float> first = Unsafe.ReadUnaligned<Vector<float>>(values);
        return first + (part * (Unsafe.ReadUnaligned<Vector<float>>(values + Vector<float>.Count) - first));
    }

    /// <summary>A matrix that blurs along one axis and is symmetric; what it would take from beyond the border is 0.</summary>
    private static AlignedBuffer Gaussian(int size, int stride, double sigma, double factor)
    {
        var matrix = new AlignedBuffer((long)size * stride);
        double sum = 0;
        int reach = (int)Math.Ceiling(6 * sigma);
        for (int distance = -reach; distance <= reach; distance++)
            sum += Math.Exp(-distance * distance / (2 * sigma * sigma));
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
                matrix.Pointer[((long)i * stride) + j] = (float)(factor * Math.Exp(-(i - j) * (i - j) / (2 * sigma * sigma)) / sum);
        }

        return matrix;
    }

    private void Blur(uint key, uint counter, float* noise, float* half, float* field)
    {
        for (int i = 0; i < _height * _stride; i += Vector<float>.Count)
            Unsafe.WriteUnaligned(noise + i, VectorHash.Uniform(key, counter + (uint)i));
        for (int column = 0; column < _stride; column += _kernel.PanelWidth)
        {
            var down = new ProductArrays(_blurDown!.Pointer, _height, 1, noise + column, _stride, half + column, _stride);
            _kernel.Multiply(_height, Math.Min(_kernel.PanelWidth, _stride - column), _height, down, SumMode.Set);
        }

        for (int column = 0; column < _stride; column += _kernel.PanelWidth)
        {
            var across = new ProductArrays(half, _stride, 1, _blurAcross!.Pointer + column, _stride, field + column, _stride);
            _kernel.Multiply(_height, Math.Min(_kernel.PanelWidth, _stride - column), _width, across, SumMode.Set);
        }
    }

    /// <summary>Draws where in the source each target pixel comes from, but for its elastic move.</summary>
    private Affine Draw(uint key, uint counter)
    {
        Span<float> numbers = stackalloc float[Group];
        for (int i = 0; i < numbers.Length; i += Vector<float>.Count)
            VectorHash.Uniform(key, counter + (uint)i).CopyTo(numbers[i..]);

        double angle = numbers[0] * _options.RandomRotation * Math.PI / 180;
        double slant = Math.Tan(numbers[1] * _options.RandomShear * Math.PI / 180);
        double wide = 1 / (1 + (numbers[2] * _options.RandomScale));
        double high = 1 / (1 + (numbers[3] * _options.RandomScale));
        (double sine, double cosine) = Math.SinCos(angle);
        double xByColumn = wide * cosine;
        double xByRow = wide * ((slant * cosine) - sine);
        double yByColumn = high * sine;
        double yByRow = high * ((slant * sine) + cosine);
        double middleX = (_width - 1) / 2.0;
        double middleY = (_height - 1) / 2.0;
        return new Affine(
            (float)xByColumn,
            (float)xByRow,
            (float)(middleX - (xByColumn * middleX) - (xByRow * middleY) + (numbers[4] * _options.RandomShift)),
            (float)yByColumn,
            (float)yByRow,
            (float)(middleY - (yByColumn * middleX) - (yByRow * middleY) + (numbers[5] * _options.RandomShift)));
    }

    private readonly record struct Affine(float XByColumn, float XByRow, float X, float YByColumn, float YByRow, float Y);

    /// <summary>What one thread needs while it distorts an image.</summary>
    private sealed class Scratch(int height, int width, int stride)
    {
        /// <summary>The source with zeros around it.</summary>
        public AlignedBuffer Padded { get; } = new((long)(height + 3) * (width + 3));

        /// <summary>One row of the target, rounded up to whole vectors.</summary>
        public AlignedBuffer Row { get; } = new(stride);

        /// <summary>Noise before the blur.</summary>
        public AlignedBuffer Noise { get; } = new((long)height * stride);

        /// <summary>Noise blurred along one axis.</summary>
        public AlignedBuffer Half { get; } = new((long)height * stride);

        /// <summary>How far each pixel moves to the side; all 0 without elastic distortions.</summary>
        public AlignedBuffer MoveX { get; } = new((long)height * stride);

        /// <summary>How far each pixel moves down; all 0 without elastic distortions.</summary>
        public AlignedBuffer MoveY { get; } = new((long)height * stride);
    }
}
