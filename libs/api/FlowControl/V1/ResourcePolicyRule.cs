using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class ResourcePolicyRule
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? Verbs { get; set; }

    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? ApiGroups { get; set; }

    [Field(3, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? Resources { get; set; }

    [Field(4)]
    public bool ClusterScope { get; set; }

    [Field(5, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? Namespaces { get; set; }
}
