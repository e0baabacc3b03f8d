using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>The rules of a policy.</summary>
public sealed class ValidatingAdmissionPolicySpec
{
    /// <summary>Kind of the objects that give it parameters.</summary>
    [Field(1)]
    public ParamKind? ParamKind { get; set; }

    /// <summary>The requests it is about.</summary>
    [Field(2)]
    public MatchResources? MatchConstraints { get; set; }

    /// <summary>What they must meet.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<Validation>? Validations { get; set; }

    /// <summary>What to do when an expression cannot be evaluated: Fail or Ignore.</summary>
    [Field(4, Pointer = true)]
    [Enum("Fail", "Ignore")]
    [Default("\"Fail\"")]
    public string? FailurePolicy { get; set; }

    /// <summary>What to note in the audit log.</summary>
    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<AuditAnnotation>? AuditAnnotations { get; set; }

    /// <summary>Expressions that must all be true for a request to be looked at.</summary>
    [Field(6)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<MatchCondition>? MatchConditions { get; set; }

    /// <summary>Named expressions for use in the others.</summary>
    [Field(7)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<Variable>? Variables { get; set; }
}
