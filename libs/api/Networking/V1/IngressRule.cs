using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Where one host's traffic goes.</summary>
public sealed class IngressRule
{
    /// <summary>The host name; *. at the front stands for one label; absent means every host.</summary>
    [Field(1)]
    public string? Host { get; set; }

    /// <summary>The paths.</summary>
    [Field(1, Within = 2)]
    public HTTPIngressRuleValue? Http { get; set; }
}
