using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Scheduling.V1;

/// <summary>Gives a priority a name.</summary>
[Kind("scheduling.k8s.io", "v1", "priorityclasses", ShortNames = "pc")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class PriorityClass : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "scheduling.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PriorityClass";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>The priority; higher goes first. It cannot be changed.</summary>
    [Field(2, Required = true, Always = true)]
    [Immutable]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Value { get; set; }

    /// <summary>Whether pods without a class get it; at most one class.</summary>
    [Field(3)]
    public bool GlobalDefault { get; set; }

    /// <summary>When to use it.</summary>
    [Field(4)]
    public string? Description { get; set; }

    /// <summary>Whether its pods push out others: PreemptLowerPriority or Never.</summary>
    [Field(5, Pointer = true)]
    [Enum("Never", "PreemptLowerPriority")]
    [Default("\"PreemptLowerPriority\"")]
    [Immutable]
    public string? PreemptionPolicy { get; set; }
}
