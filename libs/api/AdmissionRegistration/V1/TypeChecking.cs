using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class TypeChecking
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<ExpressionWarning>? ExpressionWarnings { get; set; }
}
