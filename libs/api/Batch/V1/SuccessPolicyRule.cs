using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

public sealed class SuccessPolicyRule
{
    [Field(1, Pointer = true)]
    public string? SucceededIndexes { get; set; }

    [Field(2)]
    public int? SucceededCount { get; set; }
}
