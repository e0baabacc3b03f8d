using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Nodes.V1;

/// <summary>A way of running pods that nodes offer.</summary>
[Kind("node.k8s.io", "v1", "runtimeclasses")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class RuntimeClass : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "node.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "RuntimeClass";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>The runtime's name for it. It cannot be changed.</summary>
    [Field(2, Required = true, Always = true)]
    [Immutable]
    public string? Handler { get; set; }

    /// <summary>What a pod needs on top of its containers.</summary>
    [Field(3)]
    public Overhead? Overhead { get; set; }

    /// <summary>Which nodes offer it.</summary>
    [Field(4)]
    public Scheduling? Scheduling { get; set; }
}
