using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>One address behind a service.</summary>
[Atomic]
public sealed class EndpointAddress
{
    /// <summary>The address.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Ip { get; set; }

    /// <summary>Its host name.</summary>
    [Field(3)]
    public string? Hostname { get; set; }

    /// <summary>Node of the pod.</summary>
    [Field(4, Pointer = true)]
    public string? NodeName { get; set; }

    /// <summary>The pod.</summary>
    [Field(2)]
    public ObjectReference? TargetRef { get; set; }
}
