using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Discovery.V1;

/// <summary>A part of the addresses behind a service; a label names the service.</summary>
[Kind("discovery.k8s.io", "v1", "endpointslices", Namespaced = true)]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class EndpointSlice : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "discovery.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "EndpointSlice";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>IPv4, IPv6 or FQDN. It cannot be changed.</summary>
    [Field(4, Required = true, Always = true)]
    [Enum("FQDN", "IPv4", "IPv6")]
    [Immutable]
    public string? AddressType { get; set; }

    /// <summary>The endpoints, at most 1000.</summary>
    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<Endpoint>? Endpoints { get; set; }

    /// <summary>Ports that all the endpoints have.</summary>
    [Field(3, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<EndpointPort>? Ports { get; set; }
}
