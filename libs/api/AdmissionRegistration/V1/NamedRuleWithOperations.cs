using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>Operations on resources, maybe only of some names.</summary>
[Atomic]
public sealed class NamedRuleWithOperations
{
    /// <summary>Names of the objects; absent means all.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? ResourceNames { get; set; }

    /// <summary>CREATE, UPDATE, DELETE, CONNECT; * means all.</summary>
    [Field(1, Within = 2)]
    [ListType(ListKind.Atomic)]
    [Enum("*", "CONNECT", "CREATE", "DELETE", "UPDATE")]
    public List<string>? Operations { get; set; }

    /// <summary>Groups of the resources; * means all.</summary>
    [Field(1, Within = 2, Inner = 2)]
    [ListType(ListKind.Atomic)]
    public List<string>? ApiGroups { get; set; }

    /// <summary>Versions of the resources; * means all.</summary>
    [Field(2, Within = 2, Inner = 2)]
    [ListType(ListKind.Atomic)]
    public List<string>? ApiVersions { get; set; }

    /// <summary>The resources, subresources after a slash; * means all.</summary>
    [Field(3, Within = 2, Inner = 2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Resources { get; set; }

    /// <summary>Cluster, Namespaced or *.</summary>
    [Field(4, Within = 2, Inner = 2, Pointer = true)]
    [Enum("*", "Cluster", "Namespaced")]
    [Default("\"*\"")]
    public string? Scope { get; set; }
}
