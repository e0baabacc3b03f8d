using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

/// <summary>Matches a failed pod by a condition.</summary>
public sealed class PodFailurePolicyOnPodConditionsPattern
{
    /// <summary>Type of the condition.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>Status of the condition.</summary>
    [Field(2, Required = true, Always = true)]
    [Default("\"True\"")]
    public string? Status { get; set; }
}
