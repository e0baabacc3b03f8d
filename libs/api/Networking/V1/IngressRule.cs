using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IngressRule
{
    [Field(1)]
    public string? Host { get; set; }

    [Field(1, Within = 2)]
    public HTTPIngressRuleValue? Http { get; set; }
}
