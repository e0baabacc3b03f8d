using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class Validation
{
    [Field(1, Required = true, Always = true)]
    public string? Expression { get; set; }

    [Field(2)]
    public string? Message { get; set; }

    [Field(3, Pointer = true)]
    public string? Reason { get; set; }

    [Field(4)]
    public string? MessageExpression { get; set; }
}
