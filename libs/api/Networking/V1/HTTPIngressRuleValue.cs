using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Paths of a host.</summary>
public sealed class HTTPIngressRuleValue
{
    /// <summary>The paths and where they lead.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<HTTPIngressPath>? Paths { get; set; }
}
