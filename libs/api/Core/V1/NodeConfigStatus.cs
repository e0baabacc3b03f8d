using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NodeConfigStatus
{
    [Field(1)]
    public NodeConfigSource? Assigned { get; set; }

    [Field(2)]
    public NodeConfigSource? Active { get; set; }

    [Field(3)]
    public NodeConfigSource? LastKnownGood { get; set; }

    [Field(4)]
    public string? Error { get; set; }
}
