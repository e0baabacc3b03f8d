using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IngressRuleValue
{
    [Field(1)]
    public HTTPIngressRuleValue? Http { get; set; }
}
