namespace MlpPowerShell.Engine.Data;

/// <summary>What values of a Parquet file are stored as, by the numbers of parquet.thrift.</summary>
internal enum ParquetType
{
    None = -1,
    Boolean,
    Int32,
    Int64,
    Int96,
    Float,
    Double,
    Bytes,
    FixedBytes,
}

/// <summary>What pages are packed by.</summary>
internal enum ParquetCodec
{
    Uncompressed,
    Snappy,
    Gzip,
    Lzo,
    Brotli,
    Lz4,
    Zstd,
    Lz4Raw,
}

/// <summary>What stored values mean, beside what they are stored as.</summary>
internal enum ParquetMeaning
{
    None,
    Text,
    Decimal,
    Day,
    Time,
    Moment,
    Integer,
    Half,
    Uuid,
    Other,
}

/// <summary>An element of a schema: a column, or what consists of the elements behind it.</summary>
internal sealed class ParquetElement
{
    public string Name { get; set; } = string.Empty;

    public ParquetType Type { get; set; } = ParquetType.None;

    /// <summary>Bytes of each value of fixed length.</summary>
    public int Length { get; set; }

    /// <summary>Whether values may be missing.</summary>
    public bool IsOptional { get; set; }

    /// <summary>Whether a row has several values.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>The elements that it consists of.</summary>
    public int Children { get; set; }

    public ParquetMeaning Meaning { get; set; }

    /// <summary>Digits behind the point of decimals.</summary>
    public int Scale { get; set; }

    /// <summary>The bits of integers.</summary>
    public int Bits { get; set; }

    /// <summary>Whether integers have a sign.</summary>
    public bool IsSigned { get; set; } = true;

    /// <summary>How many times and moments are a second.</summary>
    public long PerSecond { get; set; }

    /// <summary>Whether moments are those of universal time, and not what a clock shows.</summary>
    public bool IsUtc { get; set; } = true;
}
