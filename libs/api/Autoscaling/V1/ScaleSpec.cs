using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V1;

/// <summary>How many pods there should be.</summary>
public sealed class ScaleSpec
{
    /// <summary>The number.</summary>
    [Field(1)]
    public int Replicas { get; set; }
}
