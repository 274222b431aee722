using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>Where the values of a column in a group of rows are.</summary>
internal sealed class ParquetChunk
{
    public List<string> Path { get; } = [];

    public ParquetCodec Codec { get; set; }

    public long Count { get; set; }

    public long Length { get; set; }

    public long FirstPage { get; set; }

    public long Dictionary { get; set; }

    /// <summary>Whether they are in a file of their own.</summary>
    public bool IsElsewhere { get; set; }
}

/// <summary>A group of rows.</summary>
internal sealed class ParquetGroup
{
    public List<ParquetChunk> Chunks { get; } = [];

    public long Rows { get; set; }
}

/// <summary>What a Parquet file says of itself at its end: FileMetaData of parquet.thrift, as far as it is needed.</summary>
internal sealed class ParquetMetadata
{
    private const long Millis = 1000;
    private const long Micros = 1_000_000;
    private const long Nanos = 1_000_000_000;

    /// <summary>The elements of the schema, each before those that it consists of.</summary>
    public List<ParquetElement> Schema { get; } = [];

    /// <summary>The groups of rows.</summary>
    public List<ParquetGroup> Groups { get; } = [];

    /// <summary>The rows of all groups.</summary>
    public long Rows { get; private set; }

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static ParquetMetadata Read(ReadOnlySpan<byte> bytes)
    {
        var metadata = new ParquetMetadata();
        var thrift = new CompactThrift(bytes);
        for (int field = 0; thrift.TryNext(ref field, out int type);)
        {
            switch (field)
            {
                case 2:
                    for (int left = thrift.ReadCount(); left > 0; left--)
                        metadata.Schema.Add(ReadElement(ref thrift));
                    break;
                case 3:
                    metadata.Rows = thrift.ReadInteger();
                    break;
                case 4:
                    for (int left = thrift.ReadCount(); left > 0; left--)
                        metadata.Groups.Add(ReadGroup(ref thrift));
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }

        return metadata;
    }

    private static ParquetElement ReadElement(ref CompactThrift thrift)
    {
        var element = new ParquetElement();
        int old = -1;
        bool isSaid = false;
        for (int field = 0; thrift.TryNext(ref field, out int type);)
        {
            switch (field)
            {
                case 1:
                    element.Type = (ParquetType)thrift.ReadInteger();
                    break;
                case 2:
                    element.Length = (int)thrift.ReadInteger();
                    break;
                case 3:
                    long repetition = thrift.ReadInteger();
                    (element.IsOptional, element.IsRepeated) = (repetition == 1, repetition == 2);
                    break;
                case 4:
                    element.Name = Encoding.UTF8.GetString(thrift.ReadBytes());
                    break;
                case 5:
                    element.Children = (int)thrift.ReadInteger();
                    break;
                case 6:
                    old = (int)thrift.ReadInteger();
                    break;
                case 7:
                    element.Scale = (int)thrift.ReadInteger();
                    break;
                case 10:
                    isSaid = true;
                    ReadMeaning(ref thrift, element);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }

        if (!isSaid)
            TakeOld(element, old);
        return element;
    }

    /// <summary>The union LogicalType.</summary>
    private static void ReadMeaning(ref CompactThrift thrift, ParquetElement element)
    {
        for (int field = 0; thrift.TryNext(ref field, out int type);)
        {
            element.Meaning = field switch
            {
                1 or 4 or 12 => ParquetMeaning.Text,
                5 => ParquetMeaning.Decimal,
                6 => ParquetMeaning.Day,
                7 => ParquetMeaning.Time,
                8 => ParquetMeaning.Moment,
                10 => ParquetMeaning.Integer,
                14 => ParquetMeaning.Uuid,
                15 => ParquetMeaning.Half,
                _ => ParquetMeaning.Other,
            };
            if (element.Meaning is ParquetMeaning.Decimal or ParquetMeaning.Time or ParquetMeaning.Moment or ParquetMeaning.Integer)
                ReadDetails(ref thrift, element);
            else
                thrift.Skip(type);
        }
    }

    /// <summary>DecimalType, TimeType, TimestampType and IntType.</summary>
    private static void ReadDetails(ref CompactThrift thrift, ParquetElement element)
    {
        bool isTime = element.Meaning is ParquetMeaning.Time or ParquetMeaning.Moment;
        bool isInteger = element.Meaning == ParquetMeaning.Integer;
        for (int field = 0; thrift.TryNext(ref field, out int type);)
        {
            switch (field)
            {
                case 1 when isTime:
                    element.IsUtc = type == CompactThrift.True;
                    break;
                case 2 when isTime:
                    for (int unit = 0; thrift.TryNext(ref unit, out type);)
                    {
                        element.PerSecond = unit switch
                        {
                            1 => Millis,
                            2 => Micros,
                            3 => Nanos,
                            _ => throw new InvalidDataException($"a column counts time in a unit that is none ({unit})"),
                        };
                        thrift.Skip(type);
                    }

                    break;
                case 1 when isInteger:
                    element.Bits = thrift.ReadByte();
                    break;
                case 2 when isInteger:
                    element.IsSigned = type == CompactThrift.True;
                    break;
                case 1:
                    element.Scale = (int)thrift.ReadInteger();
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
    }

    /// <summary>What ConvertedType says, which was there before LogicalType.</summary>
    private static void TakeOld(ParquetElement element, int old)
    {
        element.Meaning = old switch
        {
            0 or 4 or 19 => ParquetMeaning.Text,
            5 => ParquetMeaning.Decimal,
            6 => ParquetMeaning.Day,
            7 or 8 => ParquetMeaning.Time,
            9 or 10 => ParquetMeaning.Moment,
            >= 11 and <= 18 => ParquetMeaning.Integer,
            -1 => ParquetMeaning.None,
            _ => ParquetMeaning.Other,
        };
        element.PerSecond = old is 7 or 9 ? Millis : Micros;
        if (element.Meaning == ParquetMeaning.Integer)
            (element.Bits, element.IsSigned) = (8 << ((old - 11) % 4), old >= 15);
    }

    private static ParquetGroup ReadGroup(ref CompactThrift thrift)
    {
        var group = new ParquetGroup();
        for (int field = 0; thrift.TryNext(ref field, out int type);)
        {
            switch (field)
            {
                case 1:
                    for (int left = thrift.ReadCount(); left > 0; left--)
                        group.Chunks.Add(ReadColumn(ref thrift));
                    break;
                case 3:
                    group.Rows = thrift.ReadInteger();
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }

        return group;
    }

    /// <summary>ColumnChunk, of which the metadata counts.</summary>
    private static ParquetChunk ReadColumn(ref CompactThrift thrift)
    {
        var chunk = new ParquetChunk();
        for (int field = 0; thrift.TryNext(ref field, out int type);)
        {
            chunk.IsElsewhere |= field == 1;
            if (field == 3)
                ReadChunk(ref thrift, chunk);
            else
                thrift.Skip(type);
        }

        return chunk;
    }

    private static void ReadChunk(ref CompactThrift thrift, ParquetChunk chunk)
    {
        for (int field = 0; thrift.TryNext(ref field, out int type);)
        {
            switch (field)
            {
                case 3:
                    for (int left = thrift.ReadCount(); left > 0; left--)
                        chunk.Path.Add(Encoding.UTF8.GetString(thrift.ReadBytes()));
                    break;
                case 4:
                    chunk.Codec = (ParquetCodec)thrift.ReadInteger();
                    break;
                case 5:
                    chunk.Count = thrift.ReadInteger();
                    break;
                case 7:
                    chunk.Length = thrift.ReadInteger();
                    break;
                case 9:
                    chunk.FirstPage = thrift.ReadInteger();
                    break;
                case 11:
                    chunk.Dictionary = thrift.ReadInteger();
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
    }
}
