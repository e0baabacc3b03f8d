using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

public sealed class UncountedTerminatedPods
{
    [Field(1)]
    [ListType(ListKind.Set)]
    public List<string>? Succeeded { get; set; }

    [Field(2)]
    [ListType(ListKind.Set)]
    public List<string>? Failed { get; set; }
}
