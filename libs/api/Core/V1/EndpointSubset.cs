using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class EndpointSubset
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<EndpointAddress>? Addresses { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<EndpointAddress>? NotReadyAddresses { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<EndpointPort>? Ports { get; set; }
}
