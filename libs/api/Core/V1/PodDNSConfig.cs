using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodDNSConfig
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Nameservers { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Searches { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<PodDNSConfigOption>? Options { get; set; }
}
