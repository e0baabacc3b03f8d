using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>What checking types found.</summary>
public sealed class TypeChecking
{
    /// <summary>The findings.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<ExpressionWarning>? ExpressionWarnings { get; set; }
}
