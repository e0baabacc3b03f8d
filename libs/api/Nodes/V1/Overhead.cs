using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Nodes.V1;

/// <summary>What a pod needs on top of its containers.</summary>
public sealed class Overhead
{
    /// <summary>Amount of each resource.</summary>
    [Field(1)]
    public Dictionary<string, Quantity>? PodFixed { get; set; }
}
