using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class EndpointAddress
{
    [Field(1, Required = true, Always = true)]
    public string? Ip { get; set; }

    [Field(3)]
    public string? Hostname { get; set; }

    [Field(4, Pointer = true)]
    public string? NodeName { get; set; }

    [Field(2)]
    public ObjectReference? TargetRef { get; set; }
}
