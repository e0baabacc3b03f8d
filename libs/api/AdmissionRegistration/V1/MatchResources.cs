using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>Which requests are meant.</summary>
[Atomic]
public sealed class MatchResources
{
    /// <summary>Labels of the object's namespace.</summary>
    [Field(1)]
    [Default("{}")]
    public LabelSelector? NamespaceSelector { get; set; }

    /// <summary>Labels of the object.</summary>
    [Field(2)]
    [Default("{}")]
    public LabelSelector? ObjectSelector { get; set; }

    /// <summary>Operations and resources; any one suffices.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<NamedRuleWithOperations>? ResourceRules { get; set; }

    /// <summary>Operations and resources that are not meant after all.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<NamedRuleWithOperations>? ExcludeResourceRules { get; set; }

    /// <summary>Exact, or Equivalent, which takes other versions of the resource too.</summary>
    [Field(7, Pointer = true)]
    [Enum("Equivalent", "Exact")]
    [Default("\"Equivalent\"")]
    public string? MatchPolicy { get; set; }
}
