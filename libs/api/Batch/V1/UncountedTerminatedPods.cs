using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

/// <summary>Pods that have ended and are not counted yet.</summary>
public sealed class UncountedTerminatedPods
{
    /// <summary>Identities of those that succeeded.</summary>
    [Field(1)]
    [ListType(ListKind.Set)]
    public List<string>? Succeeded { get; set; }

    /// <summary>Identities of those that failed.</summary>
    [Field(2)]
    [ListType(ListKind.Set)]
    public List<string>? Failed { get; set; }
}
