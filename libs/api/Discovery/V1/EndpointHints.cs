using Kube.Api.Schema;

namespace Kube.Api.Discovery.V1;

/// <summary>Who should use an endpoint.</summary>
public sealed class EndpointHints
{
    /// <summary>Zones whose clients should.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<ForZone>? ForZones { get; set; }
}
