using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ReplicationControllerSpec
{
    [Field(1)]
    [Default("1")]
    [Range(0, 2147483647)]
    public int? Replicas { get; set; }

    [Field(4)]
    public int MinReadySeconds { get; set; }

    [Field(2)]
    [Atomic]
    public Dictionary<string, string>? Selector { get; set; }

    [Field(3)]
    public PodTemplateSpec? Template { get; set; }
}
