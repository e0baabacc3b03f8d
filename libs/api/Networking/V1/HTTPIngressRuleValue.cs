using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class HTTPIngressRuleValue
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<HTTPIngressPath>? Paths { get; set; }
}
