using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class NodeCondition
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Status { get; set; }

    [Field(3, Always = true)]
    public Time? LastHeartbeatTime { get; set; }

    [Field(4, Always = true)]
    public Time? LastTransitionTime { get; set; }

    [Field(5)]
    public string? Reason { get; set; }

    [Field(6)]
    public string? Message { get; set; }
}
