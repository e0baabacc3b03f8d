using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>Which policy, how and for what.</summary>
public sealed class ValidatingAdmissionPolicyBindingSpec
{
    /// <summary>Name of the policy.</summary>
    [Field(1)]
    public string? PolicyName { get; set; }

    /// <summary>The parameters.</summary>
    [Field(2)]
    public ParamRef? ParamRef { get; set; }

    /// <summary>Narrows down the requests.</summary>
    [Field(3)]
    public MatchResources? MatchResources { get; set; }

    /// <summary>What to do about a violation: Deny, Warn, Audit.</summary>
    [Field(4)]
    [ListType(ListKind.Set)]
    [Enum("Audit", "Deny", "Warn")]
    public List<string>? ValidationActions { get; set; }
}
