using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Certificate authorities of the cluster as one file.</summary>
public sealed class ClusterTrustBundleProjection
{
    /// <summary>Name of the bundle.</summary>
    [Field(1, Pointer = true)]
    public string? Name { get; set; }

    /// <summary>Signer whose bundles are taken.</summary>
    [Field(2, Pointer = true)]
    public string? SignerName { get; set; }

    /// <summary>Labels of the bundles taken.</summary>
    [Field(3)]
    public LabelSelector? LabelSelector { get; set; }

    /// <summary>Whether the pod starts without any.</summary>
    [Field(5)]
    public bool? Optional { get; set; }

    /// <summary>File they are written to.</summary>
    [Field(4, Required = true, Always = true)]
    public string? Path { get; set; }
}
