using Kube.Api.Core.V1;
using Kube.Api.Schema;

namespace Kube.Api.Discovery.V1;

public sealed class Endpoint
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? Addresses { get; set; }

    [Field(2, Always = true)]
    public EndpointConditions? Conditions { get; set; }

    [Field(3, Pointer = true)]
    public string? Hostname { get; set; }

    [Field(4)]
    public ObjectReference? TargetRef { get; set; }

    [Field(5)]
    public Dictionary<string, string>? DeprecatedTopology { get; set; }

    [Field(6, Pointer = true)]
    public string? NodeName { get; set; }

    [Field(7, Pointer = true)]
    public string? Zone { get; set; }

    [Field(8)]
    public EndpointHints? Hints { get; set; }
}
