using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

/// <summary>What to do about failed pods.</summary>
public sealed class PodFailurePolicy
{
    /// <summary>The rules; the first that matches is followed, and a pod that none matches counts as failed.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<PodFailurePolicyRule>? Rules { get; set; }
}
