using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What a node's runtime can do whatever the handler.</summary>
public sealed class NodeFeatures
{
    /// <summary>Whether it knows supplementalGroupsPolicy.</summary>
    [Field(1)]
    public bool? SupplementalGroupsPolicy { get; set; }
}
