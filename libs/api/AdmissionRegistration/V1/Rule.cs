using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class Rule
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? ApiGroups { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? ApiVersions { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Resources { get; set; }

    [Field(4, Pointer = true)]
    [Enum("Cluster", "Namespaced", "*")]
    [Default("\"*\"")]
    public string? Scope { get; set; }
}
