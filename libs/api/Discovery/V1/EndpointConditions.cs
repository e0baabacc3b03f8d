using Kube.Api.Schema;

namespace Kube.Api.Discovery.V1;

public sealed class EndpointConditions
{
    [Field(1)]
    public bool? Ready { get; set; }

    [Field(2)]
    public bool? Serving { get; set; }

    [Field(3)]
    public bool? Terminating { get; set; }
}
