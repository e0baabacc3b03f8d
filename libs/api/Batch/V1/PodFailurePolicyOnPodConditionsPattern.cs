using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

public sealed class PodFailurePolicyOnPodConditionsPattern
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2, Required = true, Always = true)]
    [Default("\"True\"")]
    public string? Status { get; set; }
}
