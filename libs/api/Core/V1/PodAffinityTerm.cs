using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodAffinityTerm
{
    [Field(1)]
    public LabelSelector? LabelSelector { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Namespaces { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? TopologyKey { get; set; }

    [Field(4)]
    public LabelSelector? NamespaceSelector { get; set; }

    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? MatchLabelKeys { get; set; }

    [Field(6)]
    [ListType(ListKind.Atomic)]
    public List<string>? MismatchLabelKeys { get; set; }
}
