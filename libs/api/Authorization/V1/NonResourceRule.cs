using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

public sealed class NonResourceRule
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Verbs { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? NonResourceURLs { get; set; }
}
