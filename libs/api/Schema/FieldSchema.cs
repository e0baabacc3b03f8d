using System.Reflection;
using System.Text.Json.Nodes;

namespace Kube.Api.Schema;

/// <summary>A field of an <see cref="ObjectSchema"/>: its value's shape and what the attributes say of it.</summary>
public sealed class FieldSchema
{
    private JsonNode? _default;

    public required string Name { get; init; }

    /// <summary>Protobuf field number; 0 when the field has no protobuf form.</summary>
    public int Number { get; init; }

    public required ValueSchema Value { get; init; }

    /// <summary>Protobuf number of the nested message that holds the field; 0 when it is the object's own.</summary>
    public int Within { get; init; }

    /// <summary>Number, within that message, of a second nested one that holds the field; else 0.</summary>
    public int Inner { get; init; }

    public bool Required { get; init; }

    /// <summary>True when Kubernetes' JSON shows the field even when it is zero.</summary>
    public bool Always { get; init; }

    /// <summary>True when the zero value and an absent field differ (a pointer in Go).</summary>
    public bool Pointer { get; init; }

    public ListKind ListKind { get; init; }

    /// <summary>True when the type says a list kind at all; otherwise <see cref="ListKind"/> is the default, atomic.</summary>
    public bool HasListKind { get; init; }

    public IReadOnlyList<string> ListKeys { get; init; } = [];

    /// <summary>The list keys in the order in which managedFields names them.</summary>
    internal IReadOnlyList<string> OrderedListKeys => field ??= [.. ListKeys.Order(StringComparer.Ordinal)];

    /// <summary>The field as managedFields names it.</summary>
    internal string PathElement => field ??= "f:" + Name;

    /// <summary>True for a map or struct that server-side apply treats as one value.</summary>
    public bool Atomic { get; init; }

    /// <summary>The patch strategy as OpenAPI shows it ("merge,retainKeys"); null for none.</summary>
    public string? PatchStrategy { get; init; }

    /// <summary>True when strategic merge patch merges the list rather than replacing it.</summary>
    public bool PatchMerges { get; init; }

    /// <summary>True when a strategic merge patch names the keys to keep ($retainKeys).</summary>
    public bool PatchRetainsKeys { get; init; }

    /// <summary>True when a strategic merge patch replaces the map.</summary>
    public bool PatchReplaces { get; init; }

    public string? MergeKey { get; init; }

    /// <summary>The default as JSON text; null for none.</summary>
    public string? DefaultJson { get; init; }

    public IReadOnlyList<string>? Enum { get; init; }

    public bool Immutable { get; init; }

    public long? Minimum { get; init; }

    public long? Maximum { get; init; }

    public NameFormat? Format { get; init; }

    /// <summary>What the field means, for OpenAPI; null when nothing is known.</summary>
    public string? Description
    {
        get => field ?? (Property is null ? null : Documentation.ApiDocs.Summary(Property));
        init;
    }

    /// <summary>The property behind the field; null when the schema came at run time.</summary>
    internal PropertyInfo? Property { get; init; }

    /// <summary>A fresh copy of the default; null for none.</summary>
    public JsonNode? NewDefault()
    {
        if (DefaultJson is null)
        {
            return null;
        }

        _default ??= JsonNode.Parse(DefaultJson);
        return _default!.DeepClone();
    }
}
