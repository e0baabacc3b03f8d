using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class AuditAnnotation
{
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? ValueExpression { get; set; }
}
