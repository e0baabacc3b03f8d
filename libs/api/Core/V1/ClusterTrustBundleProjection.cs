using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ClusterTrustBundleProjection
{
    [Field(1, Pointer = true)]
    public string? Name { get; set; }

    [Field(2, Pointer = true)]
    public string? SignerName { get; set; }

    [Field(3)]
    public LabelSelector? LabelSelector { get; set; }

    [Field(5)]
    public bool? Optional { get; set; }

    [Field(4, Required = true, Always = true)]
    public string? Path { get; set; }
}
