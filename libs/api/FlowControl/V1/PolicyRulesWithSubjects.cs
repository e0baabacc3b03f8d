using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class PolicyRulesWithSubjects
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<Subject>? Subjects { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<ResourcePolicyRule>? ResourceRules { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<NonResourcePolicyRule>? NonResourceRules { get; set; }
}
