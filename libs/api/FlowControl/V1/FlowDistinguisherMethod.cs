using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class FlowDistinguisherMethod
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }
}
