namespace Kube.Api.Schema;

/// <summary>What a value looks like in JSON and in protobuf.</summary>
public enum ValueKind
{
    String,
    Boolean,
    Int32,
    Int64,
    Double,

    /// <summary>Base64 text in JSON, raw bytes in protobuf.</summary>
    Bytes,

    /// <summary>An object with known fields.</summary>
    Object,

    List,

    /// <summary>An object with free keys.</summary>
    Map,

    /// <summary>resource.Quantity.</summary>
    Quantity,

    /// <summary>RFC 3339 to the second, in UTC.</summary>
    Time,

    /// <summary>RFC 3339 with six decimals, in UTC.</summary>
    MicroTime,

    IntOrString,

    /// <summary>Go's duration text: "1m30s".</summary>
    Duration,

    /// <summary>Any JSON at all; never pruned, never checked.</summary>
    RawJson,
}

/// <summary>The shape of a value: of a field, of a list's items or of a map's values. Immutable.</summary>
public sealed class ValueSchema
{
    private readonly Func<ObjectSchema>? _object;

    private ValueSchema(ValueKind kind, Func<ObjectSchema>? @object, ValueSchema? element, bool wrapped)
    {
        Kind = kind;
        _object = @object;
        Element = element;
        Wrapped = wrapped;
    }

    public ValueKind Kind { get; }

    /// <summary>The object's schema when <see cref="Kind"/> is <see cref="ValueKind.Object"/>; null otherwise.</summary>
    public ObjectSchema? Object => _object?.Invoke();

    /// <summary>The items of a list or the values of a map; null for anything else.</summary>
    public ValueSchema? Element { get; }

    /// <summary>True for a list that protobuf wraps in a message of its own ({items = 1}).</summary>
    public bool Wrapped { get; }

    /// <summary>A value without parts.</summary>
    public static ValueSchema Scalar(ValueKind kind) => new(kind, null, null, false);

    /// <summary>An object; its schema is asked for when first needed, so that types may be recursive.</summary>
    public static ValueSchema OfObject(Func<ObjectSchema> schema) => new(ValueKind.Object, schema, null, false);

    public static ValueSchema ListOf(ValueSchema element, bool wrapped = false) => new(ValueKind.List, null, element, wrapped);

    public static ValueSchema MapOf(ValueSchema element) => new(ValueKind.Map, null, element, false);

    /// <summary>The type as Go would write it: what decode errors name.</summary>
    public string GoType => Kind switch
    {
        ValueKind.String => "string",
        ValueKind.Boolean => "bool",
        ValueKind.Int32 => "int32",
        ValueKind.Int64 => "int64",
        ValueKind.Double => "float64",
        ValueKind.Bytes => "[]uint8",
        ValueKind.Object => Object!.GoType,
        ValueKind.List => "[]" + Element!.GoType,
        ValueKind.Map => "map[string]" + Element!.GoType,
        ValueKind.Quantity => "resource.Quantity",
        ValueKind.Time => "v1.Time",
        ValueKind.MicroTime => "v1.MicroTime",
        ValueKind.IntOrString => "intstr.IntOrString",
        ValueKind.Duration => "v1.Duration",
        _ => "json.RawMessage",
    };
}
