using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class NonResourcePolicyRule
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? Verbs { get; set; }

    [Field(6, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? NonResourceURLs { get; set; }
}
