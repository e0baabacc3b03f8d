using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class ValidatingAdmissionPolicyStatus
{
    [Field(1)]
    public long ObservedGeneration { get; set; }

    [Field(2)]
    public TypeChecking? TypeChecking { get; set; }

    [Field(3)]
    [ListType(ListKind.Map, "type")]
    public List<Condition>? Conditions { get; set; }
}
