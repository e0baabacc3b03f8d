using Kube.Api.Core.V1;
using Kube.Api.Schema;

namespace Kube.Api.Discovery.V1;

/// <summary>One endpoint behind a service.</summary>
public sealed class Endpoint
{
    /// <summary>Its addresses, interchangeable; clients need only look at the first.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? Addresses { get; set; }

    /// <summary>Whether it takes traffic.</summary>
    [Field(2, Always = true)]
    public EndpointConditions? Conditions { get; set; }

    /// <summary>Its host name.</summary>
    [Field(3, Pointer = true)]
    public string? Hostname { get; set; }

    /// <summary>The object behind it, such as a pod.</summary>
    [Field(4)]
    public ObjectReference? TargetRef { get; set; }

    /// <summary>Where it is, in the old form.</summary>
    [Field(5)]
    public Dictionary<string, string>? DeprecatedTopology { get; set; }

    /// <summary>The node it is on.</summary>
    [Field(6, Pointer = true)]
    public string? NodeName { get; set; }

    /// <summary>The zone it is in.</summary>
    [Field(7, Pointer = true)]
    public string? Zone { get; set; }

    /// <summary>Who should use it.</summary>
    [Field(8)]
    public EndpointHints? Hints { get; set; }
}
