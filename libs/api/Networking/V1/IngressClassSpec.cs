using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IngressClassSpec
{
    [Field(1)]
    [Immutable]
    public string? Controller { get; set; }

    [Field(2)]
    public IngressClassParametersReference? Parameters { get; set; }
}
