namespace Kube.Api.Schema;

/// <summary>Marks a type as a top-level kind that the API serves.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KindAttribute(string group, string version, string plural) : Attribute
{
    /// <summary>API group; empty for core.</summary>
    public string Group { get; } = group;

    /// <summary>Version, such as v1.</summary>
    public string Version { get; } = version;

    /// <summary>Resource name in paths, such as pods.</summary>
    public string Plural { get; } = plural;

    /// <summary>The kind; the type's name when null.</summary>
    public string? Kind { get; init; }

    /// <summary>Singular resource name; the kind in lower case when null.</summary>
    public string? Singular { get; init; }

    /// <summary>True when objects live in a namespace.</summary>
    public bool Namespaced { get; init; }

    /// <summary>kubectl's short names, comma separated: "po" or "deploy".</summary>
    public string? ShortNames { get; init; }

    /// <summary>Categories, comma separated: "all".</summary>
    public string? Categories { get; init; }

    /// <summary>
    /// The verbs beyond the ordinary eight when a kind serves fewer, comma separated; null for all of
    /// create, delete, deletecollection, get, list, patch, update, watch.
    /// </summary>
    public string? Verbs { get; init; }

    /// <summary>Subresources served, comma separated: "status,scale".</summary>
    public string? Subresources { get; init; }
}

/// <summary>
/// A serialised field: its number in Kubernetes' protobuf encoding. The JSON name is the property's name
/// in camel case unless <see cref="Name"/> says otherwise.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(int number) : Attribute
{
    /// <summary>Protobuf field number; 0 when the field has no protobuf form.</summary>
    public int Number { get; } = number;

    /// <summary>JSON name when it is not the property's name in camel case (podIP, clusterIPs).</summary>
    public string? Name { get; init; }

    /// <summary>True when an object without the field is invalid; shown as required in OpenAPI.</summary>
    public bool Required { get; init; }

    /// <summary>
    /// Protobuf number, in the parent message, of the nested message that holds this field; 0 when there is none. Go
    /// inlines such structs (VolumeSource in Volume), so in JSON the field is a member of the parent itself.
    /// </summary>
    public int Within { get; init; }

    /// <summary>Number, in the <see cref="Within"/> message, of a second nested message that holds the field; else 0.</summary>
    public int Inner { get; init; }

    /// <summary>
    /// True when Kubernetes writes the field to JSON even if it holds nothing: {} for a struct, null for a time, a list
    /// or a map, "0" for a quantity, "", 0 or false for other scalars.
    /// </summary>
    public bool Always { get; init; }

    /// <summary>True when the field, a struct inlined in Go, has its members in the parent object.</summary>
    public bool Inline { get; init; }

    /// <summary>
    /// True for a string that is a pointer in Go, where "" differs from absent (storageClassName). Numbers and
    /// booleans say the same by being nullable: <c>int?</c> is *int32, <c>int</c> is int32 with omitempty.
    /// </summary>
    public bool Pointer { get; init; }
}

/// <summary>JSON scalars whose protobuf form is a message of its own.</summary>
public enum ScalarForm
{
    /// <summary>resource.Quantity: a string in JSON, {string = 1} in protobuf.</summary>
    Quantity,

    /// <summary>metav1.Time: RFC 3339 to the second.</summary>
    Time,

    /// <summary>metav1.MicroTime: RFC 3339 with six decimals.</summary>
    MicroTime,

    /// <summary>intstr.IntOrString.</summary>
    IntOrString,

    /// <summary>metav1.Duration: Go's duration text in JSON, {nanoseconds = 1} in protobuf.</summary>
    Duration,

    /// <summary>runtime.RawExtension, apiextensions JSON, metav1.FieldsV1: any JSON, {raw = 1} in protobuf.</summary>
    RawJson,

    /// <summary>A list of strings that protobuf wraps in a message {items = 1}: Verbs, ExtraValue.</summary>
    WrappedList,
}

/// <summary>Says that a field, or every field of a type, has a special scalar form.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class ScalarAttribute(ScalarForm form) : Attribute
{
    public ScalarForm Form { get; } = form;
}

/// <summary>How a list merges under strategic merge patch and server-side apply (KEP-555).</summary>
public enum ListKind
{
    /// <summary>The list is one value; the last writer replaces it.</summary>
    Atomic,

    /// <summary>A set of scalars.</summary>
    Set,

    /// <summary>Objects told apart by their keys.</summary>
    Map,
}

/// <summary>List type of a list field: x-kubernetes-list-type and its map keys.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListTypeAttribute(ListKind kind, params string[] keys) : Attribute
{
    public ListKind Kind { get; } = kind;

    /// <summary>JSON names of the keys of a <see cref="ListKind.Map"/>.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary>Marks a map or struct that server-side apply treats as one value (x-kubernetes-map-type: atomic).</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
public sealed class AtomicAttribute : Attribute;

/// <summary>Strategic merge patch directives of a field: x-kubernetes-patch-strategy and -merge-key.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatchStrategyAttribute(string strategy) : Attribute
{
    /// <summary>"merge", "retainKeys" or "merge,retainKeys".</summary>
    public string Strategy { get; } = strategy;

    /// <summary>JSON name of the key that tells list items apart; null for a list of scalars.</summary>
    public string? MergeKey { get; init; }
}

/// <summary>
/// The value that defaulting gives an absent field: a JSON literal ("\"Always\"", "30", "true", "{}").
/// A default on a field of an absent struct does not make the struct appear.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultAttribute(string json) : Attribute
{
    public string Json { get; } = json;
}

/// <summary>The only values a string field may have.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EnumAttribute(params string[] values) : Attribute
{
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>A field that no update may change once it is set.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ImmutableAttribute : Attribute;

/// <summary>Bounds of a number, inclusive.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeAttribute(long minimum, long maximum) : Attribute
{
    public long Minimum { get; } = minimum;

    public long Maximum { get; } = maximum;
}

/// <summary>Named string formats that validation checks with Kubernetes' own messages.</summary>
public enum NameFormat
{
    /// <summary>RFC 1123 label: at most 63 characters.</summary>
    DnsLabel,

    /// <summary>RFC 1123 subdomain: at most 253 characters.</summary>
    DnsSubdomain,

    /// <summary>RFC 1035 label: begins with a letter.</summary>
    Dns1035Label,

    /// <summary>A qualified name: an optional DNS prefix, a slash and a name.</summary>
    QualifiedName,

    /// <summary>Label value: at most 63 characters, may be empty.</summary>
    LabelValue,

    /// <summary>Environment variable name.</summary>
    EnvironmentName,

    /// <summary>Key of a config map or secret.</summary>
    ConfigKey,

    /// <summary>IANA service name: a port's name.</summary>
    PortName,

    /// <summary>Path segment: anything but '/', '%', "." and "..".</summary>
    PathSegment,
}

/// <summary>The format that a string field's value must have; on a kind, the format of its metadata.name.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
public sealed class NameFormatAttribute(NameFormat format) : Attribute
{
    public NameFormat Format { get; } = format;
}
