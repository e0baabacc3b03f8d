using Kube.Api.Schema;

namespace Kube.Api.Discovery.V1;

public sealed class EndpointHints
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<ForZone>? ForZones { get; set; }
}
