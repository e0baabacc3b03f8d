using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>Who and what: a subject and a rule must both fit.</summary>
public sealed class PolicyRulesWithSubjects
{
    /// <summary>Who; any one suffices.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<Subject>? Subjects { get; set; }

    /// <summary>Requests for resources.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<ResourcePolicyRule>? ResourceRules { get; set; }

    /// <summary>Requests for other paths.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<NonResourcePolicyRule>? NonResourceRules { get; set; }
}
