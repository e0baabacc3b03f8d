using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V1;

public sealed class ScaleSpec
{
    [Field(1)]
    public int Replicas { get; set; }
}
