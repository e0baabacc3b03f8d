using Kube.Api.Schema;

namespace Kube.Api.Discovery.V1;

/// <summary>Whether an endpoint takes traffic.</summary>
public sealed class EndpointConditions
{
    /// <summary>Whether it takes new traffic; absent counts as true.</summary>
    [Field(1)]
    public bool? Ready { get; set; }

    /// <summary>Like ready, but also for an endpoint that is ending.</summary>
    [Field(2)]
    public bool? Serving { get; set; }

    /// <summary>Whether it is ending.</summary>
    [Field(3)]
    public bool? Terminating { get; set; }
}
