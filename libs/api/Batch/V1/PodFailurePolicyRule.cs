using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

public sealed class PodFailurePolicyRule
{
    [Field(1, Required = true, Always = true)]
    [Enum("FailJob", "FailIndex", "Ignore", "Count")]
    public string? Action { get; set; }

    [Field(2)]
    public PodFailurePolicyOnExitCodesRequirement? OnExitCodes { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<PodFailurePolicyOnPodConditionsPattern>? OnPodConditions { get; set; }
}
