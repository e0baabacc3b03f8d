using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A runtime handler of a node.</summary>
public sealed class NodeRuntimeHandler
{
    /// <summary>Its name; empty for the default.</summary>
    [Field(1, Always = true)]
    public string? Name { get; set; }

    /// <summary>What it can do.</summary>
    [Field(2)]
    public NodeRuntimeHandlerFeatures? Features { get; set; }
}
