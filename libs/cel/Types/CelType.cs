namespace Kube.Cel.Types;

/// <summary>What a type is made as.</summary>
public enum TypeKind
{
    Dyn,
    Error,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Duration,
    Timestamp,
    List,
    Map,
    Type,

    /// <summary>A stand-in for any type in a function's declaration.</summary>
    Parameter,

    /// <summary>Known by name alone, perhaps with parameters: optional_type, kubernetes.Quantity.</summary>
    Opaque,

    /// <summary>Has fields, which a <see cref="IFieldSource"/> knows.</summary>
    Object,
}

/// <summary>A type of the expression language. Immutable; equal by content.</summary>
public sealed class CelType : IEquatable<CelType>
{
    private CelType(TypeKind kind, string name, params CelType[] parameters)
    {
        Kind = kind;
        Name = name;
        Parameters = parameters;
    }

    public static CelType Dyn { get; } = new(TypeKind.Dyn, "dyn");

    public static CelType Error { get; } = new(TypeKind.Error, "!error!");

    public static CelType Null { get; } = new(TypeKind.Null, "null_type");

    public static CelType Bool { get; } = new(TypeKind.Bool, "bool");

    public static CelType Int { get; } = new(TypeKind.Int, "int");

    public static CelType Uint { get; } = new(TypeKind.Uint, "uint");

    public static CelType Double { get; } = new(TypeKind.Double, "double");

    public static CelType String { get; } = new(TypeKind.String, "string");

    public static CelType Bytes { get; } = new(TypeKind.Bytes, "bytes");

    public static CelType Duration { get; } = new(TypeKind.Duration, "google.protobuf.Duration");

    public static CelType Timestamp { get; } = new(TypeKind.Timestamp, "google.protobuf.Timestamp");

    /// <summary>The type of types of any parameter.</summary>
    public static CelType Type { get; } = new(TypeKind.Type, "type");

    public TypeKind Kind { get; }

    /// <summary>The name as type values have it.</summary>
    public string Name { get; }

    /// <summary>Element type of a list, key and value type of a map, and so on.</summary>
    public IReadOnlyList<CelType> Parameters { get; }

    public bool IsDynamic => Kind is TypeKind.Dyn or TypeKind.Error;

    public bool IsOptional => Kind == TypeKind.Opaque && Name == "optional_type";

    public static CelType ListOf(CelType element) => new(TypeKind.List, "list", element);

    public static CelType MapOf(CelType key, CelType value) => new(TypeKind.Map, "map", key, value);

    public static CelType TypeOf(CelType type) => new(TypeKind.Type, "type", type);

    public static CelType OptionalOf(CelType value) => Opaque("optional_type", value);

    public static CelType Opaque(string name, params CelType[] parameters) => new(TypeKind.Opaque, name, parameters);

    public static CelType Object(string name) => new(TypeKind.Object, name);

    public static CelType Parameter(string name) => new(TypeKind.Parameter, name);

    /// <summary>The type with other parameters.</summary>
    internal CelType With(IEnumerable<CelType> parameters) => new(Kind, Name, [.. parameters]);

    public bool Equals(CelType? other) =>
        other is not null && (ReferenceEquals(this, other) || (Kind == other.Kind && Name == other.Name && Parameters.SequenceEqual(other.Parameters)));

    public override bool Equals(object? obj) => Equals(obj as CelType);

    public override int GetHashCode() => HashCode.Combine(Kind, Name, Parameters.Count);

    /// <summary>The type as error messages show it.</summary>
    public override string ToString() => Kind switch
    {
        TypeKind.Null => "null",
        TypeKind.Duration => "duration",
        TypeKind.Timestamp => "timestamp",
        _ when Parameters.Count == 0 => Name,
        _ => $"{Name}({string.Join(", ", Parameters)})",
    };
}

/// <summary>Knows the fields of object types. Pure and thread-safe.</summary>
public interface IFieldSource
{
    /// <summary>True when there is an object type of this name.</summary>
    bool HasType(string typeName);

    /// <summary>The type of a field; null when the type has no such field.</summary>
    CelType? FieldOf(string typeName, string field);
}

/// <summary>No object types.</summary>
public sealed class NoFields : IFieldSource
{
    public static NoFields Instance { get; } = new();

    public bool HasType(string typeName) => false;

    public CelType? FieldOf(string typeName, string field) => null;
}
