using Kube.Api.Schema;

namespace Kube.Api.ApiRegistration.V1;

/// <summary>How an API service is doing.</summary>
public sealed class APIServiceStatus
{
    /// <summary>Aspects of its state.</summary>
    [Field(1)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<APIServiceCondition>? Conditions { get; set; }
}
