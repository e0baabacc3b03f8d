using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>The addresses behind a service. EndpointSlice does the same in pieces.</summary>
[Kind("", "v1", "endpoints", Namespaced = true, ShortNames = "ep")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class Endpoints : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Endpoints";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Addresses and the ports they share.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<EndpointSubset>? Subsets { get; set; }
}
