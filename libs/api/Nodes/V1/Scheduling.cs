using Kube.Api.Core.V1;
using Kube.Api.Schema;

namespace Kube.Api.Nodes.V1;

public sealed class Scheduling
{
    [Field(1)]
    [Atomic]
    public Dictionary<string, string>? NodeSelector { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<Toleration>? Tolerations { get; set; }
}
