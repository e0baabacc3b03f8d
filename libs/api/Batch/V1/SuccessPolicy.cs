using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

/// <summary>When a job has succeeded before all its indexes have.</summary>
public sealed class SuccessPolicy
{
    /// <summary>The rules; any one suffices.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<SuccessPolicyRule>? Rules { get; set; }
}
