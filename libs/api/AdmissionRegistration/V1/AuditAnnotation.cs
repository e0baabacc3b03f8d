using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>A note in the audit log.</summary>
public sealed class AuditAnnotation
{
    /// <summary>Key of the note.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    /// <summary>Expression that gives the note; null for none.</summary>
    [Field(2, Required = true, Always = true)]
    public string? ValueExpression { get; set; }
}
