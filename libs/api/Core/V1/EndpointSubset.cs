using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Addresses that have the same ports.</summary>
public sealed class EndpointSubset
{
    /// <summary>Those that are ready.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<EndpointAddress>? Addresses { get; set; }

    /// <summary>Those that are not ready yet, or no longer.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<EndpointAddress>? NotReadyAddresses { get; set; }

    /// <summary>The ports.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<EndpointPort>? Ports { get; set; }
}
