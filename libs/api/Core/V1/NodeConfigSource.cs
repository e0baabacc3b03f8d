using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>No longer used.</summary>
public sealed class NodeConfigSource
{
    /// <summary>No longer used.</summary>
    [Field(2)]
    public ConfigMapNodeConfigSource? ConfigMap { get; set; }
}
