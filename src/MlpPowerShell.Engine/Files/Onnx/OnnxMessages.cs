using System.Text;
using ProtoBuf;

namespace MlpPowerShell.Engine.Files.Onnx;

// The messages of onnx.proto (github.com/onnx/onnx) as far as they are needed; protobuf-net skips the fields that are not here.

/// <summary>The types of tensors that are needed.</summary>
internal enum OnnxType
{
    None = 0,
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Float16 = 10,
    Double = 11,
    BFloat16 = 16,
}

[ProtoContract]
internal sealed class OnnxModel
{
    [ProtoMember(1)]
    public long IrVersion { get; set; }

    [ProtoMember(2)]
    public string? ProducerName { get; set; }

    [ProtoMember(3)]
    public string? ProducerVersion { get; set; }

    [ProtoMember(7)]
    public OnnxGraph? Graph { get; set; }

    [ProtoMember(8)]
    public List<OnnxOperatorSet> OperatorSets { get; } = [];

    [ProtoMember(14)]
    public List<OnnxProperty> Properties { get; } = [];

    /// <summary>The properties by their keys; of several with one key, the last.</summary>
    public Dictionary<string, string> Facts()
    {
        var facts = new Dictionary<string, string>();
        foreach (OnnxProperty property in Properties)
            facts[property.Key] = property.Value;
        return facts;
    }
}

[ProtoContract]
internal sealed class OnnxOperatorSet
{
    [ProtoMember(1)]
    public string? Domain { get; set; }

    [ProtoMember(2)]
    public long Version { get; set; }
}

[ProtoContract]
internal sealed class OnnxProperty
{
    [ProtoMember(1)]
    public string Key { get; set; } = string.Empty;

    [ProtoMember(2)]
    public string Value { get; set; } = string.Empty;
}

[ProtoContract]
internal sealed class OnnxGraph
{
    [ProtoMember(1)]
    public List<OnnxNode> Nodes { get; } = [];

    [ProtoMember(2)]
    public string? Name { get; set; }

    [ProtoMember(5)]
    public List<OnnxTensor> Initializers { get; } = [];

    [ProtoMember(10)]
    public string? Doc { get; set; }

    [ProtoMember(11)]
    public List<OnnxValue> Inputs { get; } = [];

    [ProtoMember(12)]
    public List<OnnxValue> Outputs { get; } = [];
}

[ProtoContract]
internal sealed class OnnxNode
{
    [ProtoMember(1)]
    public List<string> Inputs { get; } = [];

    [ProtoMember(2)]
    public List<string> Outputs { get; } = [];

    [ProtoMember(3)]
    public string? Name { get; set; }

    [ProtoMember(4)]
    public string Operator { get; set; } = string.Empty;

    [ProtoMember(5)]
    public List<OnnxAttribute> Attributes { get; } = [];
}

[ProtoContract]
internal sealed class OnnxAttribute
{
    [ProtoMember(1)]
    public string Name { get; set; } = string.Empty;

    [ProtoMember(2)]
    public float Float { get; set; }

    [ProtoMember(3)]
    public long Int { get; set; }

    [ProtoMember(4)]
    public byte[]? Bytes { get; set; }

    [ProtoMember(5)]
    public OnnxTensor? Tensor { get; set; }

    /// <summary>The text, where it is one.</summary>
    public string? Text => Bytes is null ? null : Encoding.UTF8.GetString(Bytes);

    [ProtoMember(20)]
    public OnnxAttributeType Type { get; set; }
}

internal enum OnnxAttributeType
{
    None = 0,
    Float = 1,
    Int = 2,
    Text = 3,
}

[ProtoContract]
internal sealed class OnnxTensor
{
    [ProtoMember(1)]
    public long[]? Sizes { get; set; }

    [ProtoMember(2)]
    public OnnxType Type { get; set; }

    [ProtoMember(4, IsPacked = true)]
    public float[]? Floats { get; set; }

    [ProtoMember(5, IsPacked = true)]
    public int[]? Ints { get; set; }

    [ProtoMember(6)]
    public List<byte[]> Strings { get; } = [];

    [ProtoMember(7, IsPacked = true)]
    public long[]? Longs { get; set; }

    [ProtoMember(8)]
    public string Name { get; set; } = string.Empty;

    [ProtoMember(9)]
    public byte[]? Raw { get; set; }

    [ProtoMember(10, IsPacked = true)]
    public double[]? Doubles { get; set; }

    [ProtoMember(14)]
    public int DataLocation { get; set; }
}

[ProtoContract]
internal sealed class OnnxValue
{
    [ProtoMember(1)]
    public string Name { get; set; } = string.Empty;

    [ProtoMember(2)]
    public OnnxValueType? Type { get; set; }

    [ProtoMember(3)]
    public string? Doc { get; set; }
}

[ProtoContract]
internal sealed class OnnxValueType
{
    [ProtoMember(1)]
    public OnnxTensorType? Tensor { get; set; }
}

[ProtoContract]
internal sealed class OnnxTensorType
{
    [ProtoMember(1)]
    public OnnxType Element { get; set; }

    [ProtoMember(2)]
    public OnnxShape? Shape { get; set; }
}

[ProtoContract]
internal sealed class OnnxShape
{
    [ProtoMember(1)]
    public List<OnnxSize> Sizes { get; } = [];
}

[ProtoContract]
internal sealed class OnnxSize
{
    [ProtoMember(1)]
    public long Value { get; set; }

    [ProtoMember(2)]
    public string? Parameter { get; set; }
}
