using Kube.Api.Core.V1;
using Kube.Api.Schema;

namespace Kube.Api.Nodes.V1;

/// <summary>Which nodes offer a runtime class.</summary>
public sealed class Scheduling
{
    /// <summary>Labels of the nodes, added to the pod's own.</summary>
    [Field(1)]
    [Atomic]
    public Dictionary<string, string>? NodeSelector { get; set; }

    /// <summary>Tolerations added to the pod's own.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<Toleration>? Tolerations { get; set; }
}
