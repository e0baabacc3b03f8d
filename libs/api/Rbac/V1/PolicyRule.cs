using Kube.Api.Schema;

namespace Kube.Api.Rbac.V1;

public sealed class PolicyRule
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Verbs { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? ApiGroups { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Resources { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<string>? ResourceNames { get; set; }

    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? NonResourceURLs { get; set; }
}
