using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

/// <summary>What to do about a pod that failed in one way.</summary>
public sealed class PodFailurePolicyRule
{
    /// <summary>FailJob, FailIndex, Ignore (not counted) or Count.</summary>
    [Field(1, Required = true, Always = true)]
    [Enum("Count", "FailIndex", "FailJob", "Ignore")]
    public string? Action { get; set; }

    /// <summary>The exit codes it is for.</summary>
    [Field(2)]
    public PodFailurePolicyOnExitCodesRequirement? OnExitCodes { get; set; }

    /// <summary>The conditions it is for; any one suffices.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<PodFailurePolicyOnPodConditionsPattern>? OnPodConditions { get; set; }
}
