using System.Buffers.Binary;
using OxyPlot;

namespace MlpPowerShell.Pictures;

/// <summary>
/// The outlines of a TrueType font (Apple's TrueType Reference Manual), so that pictures have the same text on every machine, one without
/// fonts included. Reads only the font that comes with this assembly, without hints and kerning.
/// </summary>
internal sealed class TrueTypeFont
{
    private const int CurveSteps = 5;

    private readonly byte[] _data;
    private readonly Dictionary<string, int> _tables = [];
    private readonly Dictionary<int, ScreenPoint[][]> _outlines = [];
    private readonly int _unitsPerEm;
    private readonly int _widths;

    private TrueTypeFont(byte[] data)
    {
        _data = data;
        for (int i = 0; i < UInt16(4); i++)
        {
            _tables[System.Text.Encoding.ASCII.GetString(
                data, 12 + (16 * i), 4)] = BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(20 + (16 * i)));
        }

        _unitsPerEm = UInt16(_tables["head"] + 18);
        _widths = UInt16(_tables["hhea"] + 34);
        Ascent = (double)Int16(_tables["hhea"] + 4) / _unitsPerEm;
        Descent = (double)-Int16(_tables["hhea"] + 6) / _unitsPerEm;
    }

    /// <summary>The one font there is: Arimo, with the measures of Arial.</summary>
    public static TrueTypeFont Arimo { get; } = Load();

    /// <summary>How far a line goes above its base, in ems.</summary>
    public double Ascent { get; }

    /// <summary>How far a line goes below its base, in ems.</summary>
    public double Descent { get; }

    /// <summary>Whether the font has a character; one that it lacks is drawn as a box.</summary>
    public bool Has(System.Text.Rune rune) => Glyph(rune.Value) != 0;

    /// <summary>The width of a text, in ems.</summary>
    public double Measure(string text) => text.EnumerateRunes().Sum(rune => Width(rune, Glyph(rune.Value)));

    /// <summary>The outlines of a text's glyphs, in ems from its start on the base line, y downwards.</summary>
    public IEnumerable<ScreenPoint[]> Outlines(string text)
    {
        double x = 0;
        foreach (System.Text.Rune rune in text.EnumerateRunes())
        {
            int glyph = Glyph(rune.Value);
            foreach (ScreenPoint[] contour in Outlines(glyph))
                yield return Array.ConvertAll(contour, point => new ScreenPoint(x + point.X, point.Y));
            x += Width(rune, glyph);
        }
    }

    private static TrueTypeFont Load()
    {
        using Stream stream = typeof(TrueTypeFont).Assembly.GetManifestResourceStream("Arimo-Regular.ttf")!;
        byte[] data = new byte[stream.Length];
        stream.ReadExactly(data);
        return new TrueTypeFont(data);
    }

    private int UInt16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_data.AsSpan(at));

    private int Int16(int at) => BinaryPrimitives.ReadInt16BigEndian(_data.AsSpan(at));

    /// <summary>What a character takes; one that the font lacks and that other fonts draw square, an em.</summary>
    private double Width(System.Text.Rune rune, int glyph) =>
        glyph == 0 && TerminalText.Width(rune) == 2
            ? 1
            : (double)UInt16(_tables["hmtx"] + (4 * Math.Min(glyph, _widths - 1))) / _unitsPerEm;

    /// <summary>The number of a character's glyph; 0 is the box for those that the font lacks.</summary>
    private int Glyph(int character)
    {
        if (character > 0xFFFF)
            return 0;
        int format4 = Format4();
        int segments = UInt16(format4 + 6) / 2;
        int ends = format4 + 14, starts = ends + (2 * segments) + 2, deltas = starts + (2 * segments), offsets = deltas + (2 * segments);
        int segment = 0;
        while (UInt16(ends + (2 * segment)) < character)
            segment++;
        int start = UInt16(starts + (2 * segment));
        if (character < start)
            return 0;
        int delta = UInt16(deltas + (2 * segment)), offset = UInt16(offsets + (2 * segment));
        if (offset == 0)
            return (character + delta) & 0xFFFF;
        int glyph = UInt16(offsets + (2 * segment) + offset + (2 * (character - start)));
        return glyph == 0 ? 0 : (glyph + delta) & 0xFFFF;
    }

    /// <summary>Where the map of Unicode's first plane is, which a Windows font always has.</summary>
    private int Format4()
    {
        int cmap = _tables["cmap"];
        for (int record = cmap + 4; ; record += 8)
        {
            if (UInt16(record) == 3 && UInt16(record + 2) == 1)
                return cmap + BinaryPrimitives.ReadInt32BigEndian(_data.AsSpan(record + 4));
        }
    }

    private ScreenPoint[][] Outlines(int glyph)
    {
        lock (_outlines)
        {
            if (!_outlines.TryGetValue(glyph, out ScreenPoint[][]? outlines))
            {
                _outlines[glyph] = outlines = [.. Contours(glyph).Select(contour => Array.ConvertAll(
                    contour, point => new ScreenPoint(point.X / _unitsPerEm, -point.Y / _unitsPerEm)))];
            }

            return outlines;
        }
    }

    /// <summary>The outlines of a glyph in the font's units, y upwards, their curves as short lines.</summary>
    private List<ScreenPoint[]> Contours(int glyph)
    {
        bool wide = Int16(_tables["head"] + 50) == 1;
        int loca = _tables["loca"];
        int Place(int number) =>
            wide ? BinaryPrimitives.ReadInt32BigEndian(_data.AsSpan(loca + (4 * number))) : 2 * UInt16(loca + (2 * number));
        if (Place(glyph) == Place(glyph + 1))
            return [];
        int at = _tables["glyf"] + Place(glyph);
        int contours = Int16(at);
        return contours >= 0 ? Simple(at + 10, contours) : Composite(at + 10);
    }

    private List<ScreenPoint[]> Simple(int at, int contours)
    {
        int[] ends = [.. Enumerable.Range(0, contours).Select(i => UInt16(at + (2 * i)))];
        int count = contours == 0 ? 0 : ends[^1] + 1;
        at += 2 * contours;
        at += 2 + UInt16(at);

        var flags = new byte[count];
        for (int i = 0; i < count;)
        {
            byte flag = _data[at++];
            int repeats = (flag & 8) != 0 ? _data[at++] : 0;
            for (; repeats >= 0; repeats--)
                flags[i++] = flag;
        }

        int[] x = Coordinates(flags, ref at, shortFlag: 2, sameFlag: 16);
        int[] y = Coordinates(flags, ref at, shortFlag: 4, sameFlag: 32);
        var result = new List<ScreenPoint[]>();
        for (int contour = 0, first = 0; contour < contours; first = ends[contour++] + 1)
            result.Add(Flatten(x, y, flags, first, ends[contour]));
        return result;
    }

    private int[] Coordinates(byte[] flags, ref int at, int shortFlag, int sameFlag)
    {
        var result = new int[flags.Length];
        int value = 0;
        for (int i = 0; i < flags.Length; i++)
        {
            if ((flags[i] & shortFlag) != 0)
            {
                value += (flags[i] & sameFlag) != 0 ? _data[at] : -_data[at];
                at++;
            }
            else if ((flags[i] & sameFlag) == 0)
            {
                value += Int16(at);
                at += 2;
            }

            result[i] = value;
        }

        return result;
    }

    /// <summary>Points on the curve stay; between two that are not, there is one half way.</summary>
    private static ScreenPoint[] Flatten(int[] x, int[] y, byte[] flags, int first, int last)
    {
        int count = last - first + 1;
        ScreenPoint Point(int i) => new(x[first + (i % count)], y[first + (i % count)]);
        bool IsOn(int i) => (flags[first + (i % count)] & 1) != 0;
        static ScreenPoint Middle(ScreenPoint a, ScreenPoint b) => new((a.X + b.X) / 2, (a.Y + b.Y) / 2);

        int start = Enumerable.Range(0, count).FirstOrDefault(IsOn, 0);
        var result = new List<ScreenPoint> { IsOn(start) ? Point(start) : Middle(Point(start), Point(start + count - 1)) };
        for (int i = start + 1; i <= start + count; i++)
        {
            if (IsOn(i))
            {
                result.Add(Point(i));
                continue;
            }

            ScreenPoint from = result[^1], control = Point(i), to = IsOn(i + 1) ? Point(i + 1) : Middle(control, Point(i + 1));
            for (int step = 1; step <= CurveSteps; step++)
            {
                double t = (double)step / CurveSteps, s = 1 - t;
                result.Add(new ScreenPoint(
                    (s * s * from.X) + (2 * s * t * control.X) + (t * t * to.X),
                    (s * s * from.Y) + (2 * s * t * control.Y) + (t * t * to.Y)));
            }
        }

        return [.. result];
    }

    /// <summary>A glyph of other glyphs, such as a letter and its accent.</summary>
    private List<ScreenPoint[]> Composite(int at)
    {
        var result = new List<ScreenPoint[]>();
        int flags;
        do
        {
            flags = UInt16(at);
            int glyph = UInt16(at + 2);
            bool words = (flags & 1) != 0;
            int dx = words ? Int16(at + 4) : (sbyte)_data[at + 4];
            int dy = words ? Int16(at + 6) : (sbyte)_data[at + 5];
            at += words ? 8 : 6;
            (double xx, double xy, double yx, double yy) = (1, 0, 0, 1);
            if ((flags & 0x08) != 0)
                xx = yy = Fraction(ref at);
            else if ((flags & 0x40) != 0)
                (xx, yy) = (Fraction(ref at), Fraction(ref at));
            else if ((flags & 0x80) != 0)
                (xx, xy, yx, yy) = (Fraction(ref at), Fraction(ref at), Fraction(ref at), Fraction(ref at));
            foreach (ScreenPoint[] contour in Contours(glyph))
            {
                result.Add(Array.ConvertAll(
                    contour, point => new ScreenPoint((xx * point.X) + (yx * point.Y) + dx, (xy * point.X) + (yy * point.Y) + dy)));
            }
        }
        while ((flags & 0x20) != 0);
        return result;
    }

    private double Fraction(ref int at) => Int16((at += 2) - 2) / 16384.0;
}
