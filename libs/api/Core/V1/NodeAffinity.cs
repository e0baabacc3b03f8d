using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NodeAffinity
{
    [Field(1)]
    public NodeSelector? RequiredDuringSchedulingIgnoredDuringExecution { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<PreferredSchedulingTerm>? PreferredDuringSchedulingIgnoredDuringExecution { get; set; }
}
