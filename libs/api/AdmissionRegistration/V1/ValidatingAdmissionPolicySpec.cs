using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class ValidatingAdmissionPolicySpec
{
    [Field(1)]
    public ParamKind? ParamKind { get; set; }

    [Field(2)]
    public MatchResources? MatchConstraints { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<Validation>? Validations { get; set; }

    [Field(4, Pointer = true)]
    [Enum("Ignore", "Fail")]
    [Default("\"Fail\"")]
    public string? FailurePolicy { get; set; }

    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<AuditAnnotation>? AuditAnnotations { get; set; }

    [Field(6)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<MatchCondition>? MatchConditions { get; set; }

    [Field(7)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<Variable>? Variables { get; set; }
}
