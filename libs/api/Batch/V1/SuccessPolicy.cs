using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

public sealed class SuccessPolicy
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<SuccessPolicyRule>? Rules { get; set; }
}
