using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>One source of a projected volume: exactly one of its fields.</summary>
public sealed class VolumeProjection
{
    /// <summary>A secret.</summary>
    [Field(1)]
    public SecretProjection? Secret { get; set; }

    /// <summary>Fields of the pod.</summary>
    [Field(2)]
    public DownwardAPIProjection? DownwardAPI { get; set; }

    /// <summary>A config map.</summary>
    [Field(3)]
    public ConfigMapProjection? ConfigMap { get; set; }

    /// <summary>A token of the service account.</summary>
    [Field(4)]
    public ServiceAccountTokenProjection? ServiceAccountToken { get; set; }

    /// <summary>Certificate authorities of the cluster.</summary>
    [Field(5)]
    public ClusterTrustBundleProjection? ClusterTrustBundle { get; set; }
}
