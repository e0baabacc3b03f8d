using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class LimitResponse
{
    [Field(1, Required = true, Always = true)]
    [Default("\"Reject\"")]
    public string? Type { get; set; }

    [Field(2)]
    public QueuingConfiguration? Queuing { get; set; }
}
