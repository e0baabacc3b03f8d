using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Coordination.V1;

/// <summary>Something that one holder at a time has, and loses unless it renews.</summary>
[Kind("coordination.k8s.io", "v1", "leases", Namespaced = true)]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class Lease : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "coordination.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Lease";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Who holds it and until when.</summary>
    [Field(2, Always = true)]
    public LeaseSpec? Spec { get; set; }
}
