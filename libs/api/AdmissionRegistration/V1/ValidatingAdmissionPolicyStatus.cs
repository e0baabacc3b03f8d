using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>How a policy is doing.</summary>
public sealed class ValidatingAdmissionPolicyStatus
{
    /// <summary>The metadata.generation its controller last acted on.</summary>
    [Field(1)]
    public long ObservedGeneration { get; set; }

    /// <summary>What checking the expressions' types found.</summary>
    [Field(2)]
    public TypeChecking? TypeChecking { get; set; }

    /// <summary>Further aspects of its state.</summary>
    [Field(3)]
    [ListType(ListKind.Map, "type")]
    public List<Condition>? Conditions { get; set; }
}
