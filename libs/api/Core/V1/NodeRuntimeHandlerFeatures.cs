using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What a runtime handler can do.</summary>
public sealed class NodeRuntimeHandlerFeatures
{
    /// <summary>Whether it makes mounts read-only all the way down.</summary>
    [Field(1)]
    public bool? RecursiveReadOnlyMounts { get; set; }

    /// <summary>Whether it runs pods in user namespaces.</summary>
    [Field(2)]
    public bool? UserNamespaces { get; set; }
}
