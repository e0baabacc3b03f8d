using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>How many pods of what kind.</summary>
public sealed class ReplicationControllerSpec
{
    /// <summary>How many pods there should be.</summary>
    [Field(1)]
    [Default("1")]
    [Range(0, 2147483647)]
    public int? Replicas { get; set; }

    /// <summary>Seconds a pod must be ready to count as available.</summary>
    [Field(4)]
    public int MinReadySeconds { get; set; }

    /// <summary>Labels of the pods that belong to it; the template's when absent.</summary>
    [Field(2)]
    [Atomic]
    public Dictionary<string, string>? Selector { get; set; }

    /// <summary>What its pods look like.</summary>
    [Field(3)]
    public PodTemplateSpec? Template { get; set; }
}
