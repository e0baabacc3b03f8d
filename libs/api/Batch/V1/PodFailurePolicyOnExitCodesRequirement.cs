using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

public sealed class PodFailurePolicyOnExitCodesRequirement
{
    [Field(1, Pointer = true)]
    public string? ContainerName { get; set; }

    [Field(2, Required = true, Always = true)]
    [Enum("In", "NotIn")]
    public string? Operator { get; set; }

    [Field(3, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<int>? Values { get; set; }
}
