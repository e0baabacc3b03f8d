using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

public sealed class PodFailurePolicyOnPodConditionsPattern
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>What was observed last; written by the system, not by users.</summary>
    [Field(2, Required = true, Always = true)]
    [Default("\"True\"")]
    public string? Status { get; set; }
}
