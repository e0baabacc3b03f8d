using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class VolumeProjection
{
    [Field(1)]
    public SecretProjection? Secret { get; set; }

    [Field(2)]
    public DownwardAPIProjection? DownwardAPI { get; set; }

    [Field(3)]
    public ConfigMapProjection? ConfigMap { get; set; }

    [Field(4)]
    public ServiceAccountTokenProjection? ServiceAccountToken { get; set; }

    [Field(5)]
    public ClusterTrustBundleProjection? ClusterTrustBundle { get; set; }
}
