using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class ExpressionWarning
{
    [Field(2, Required = true, Always = true)]
    public string? FieldRef { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? Warning { get; set; }
}
