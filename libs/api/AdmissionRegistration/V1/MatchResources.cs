using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

[Atomic]
public sealed class MatchResources
{
    [Field(1)]
    [Default("{}")]
    public LabelSelector? NamespaceSelector { get; set; }

    [Field(2)]
    [Default("{}")]
    public LabelSelector? ObjectSelector { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<NamedRuleWithOperations>? ResourceRules { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<NamedRuleWithOperations>? ExcludeResourceRules { get; set; }

    [Field(7, Pointer = true)]
    [Enum("Exact", "Equivalent")]
    [Default("\"Equivalent\"")]
    public string? MatchPolicy { get; set; }
}
