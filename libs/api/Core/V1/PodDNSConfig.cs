using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Resolver settings of a pod.</summary>
public sealed class PodDNSConfig
{
    /// <summary>Addresses of name servers.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Nameservers { get; set; }

    /// <summary>Domains that short names are looked up in.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Searches { get; set; }

    /// <summary>Options of the resolver.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<PodDNSConfigOption>? Options { get; set; }
}
