using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

/// <summary>A way for a job to succeed.</summary>
public sealed class SuccessPolicyRule
{
    /// <summary>The indexes that must succeed, such as 0,2-4; absent means any.</summary>
    [Field(1, Pointer = true)]
    public string? SucceededIndexes { get; set; }

    /// <summary>How many of them must.</summary>
    [Field(2)]
    public int? SucceededCount { get; set; }
}
