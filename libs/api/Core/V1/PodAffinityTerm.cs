using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>The pods meant, and what near means.</summary>
public sealed class PodAffinityTerm
{
    /// <summary>Labels of the pods meant.</summary>
    [Field(1)]
    public LabelSelector? LabelSelector { get; set; }

    /// <summary>Namespaces of the pods meant; with no selector either, the pod's own.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Namespaces { get; set; }

    /// <summary>Node label: nodes with the same value are near each other.</summary>
    [Field(3, Required = true, Always = true)]
    public string? TopologyKey { get; set; }

    /// <summary>Labels of the namespaces meant; an empty one means all.</summary>
    [Field(4)]
    public LabelSelector? NamespaceSelector { get; set; }

    /// <summary>Labels whose value the pods meant must share with this one.</summary>
    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? MatchLabelKeys { get; set; }

    /// <summary>Labels whose value the pods meant must not share with this one.</summary>
    [Field(6)]
    [ListType(ListKind.Atomic)]
    public List<string>? MismatchLabelKeys { get; set; }
}
