using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class ValidatingAdmissionPolicyBindingSpec
{
    [Field(1)]
    public string? PolicyName { get; set; }

    [Field(2)]
    public ParamRef? ParamRef { get; set; }

    [Field(3)]
    public MatchResources? MatchResources { get; set; }

    [Field(4)]
    [ListType(ListKind.Set)]
    [Enum("Deny", "Warn", "Audit")]
    public List<string>? ValidationActions { get; set; }
}
