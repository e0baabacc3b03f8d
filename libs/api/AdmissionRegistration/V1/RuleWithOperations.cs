using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class RuleWithOperations
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    [Enum("*", "CREATE", "UPDATE", "DELETE", "CONNECT")]
    public List<string>? Operations { get; set; }

    [Field(1, Within = 2)]
    [ListType(ListKind.Atomic)]
    public List<string>? ApiGroups { get; set; }

    [Field(2, Within = 2)]
    [ListType(ListKind.Atomic)]
    public List<string>? ApiVersions { get; set; }

    [Field(3, Within = 2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Resources { get; set; }

    [Field(4, Within = 2, Pointer = true)]
    [Enum("Cluster", "Namespaced", "*")]
    [Default("\"*\"")]
    public string? Scope { get; set; }
}
