using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class MatchCondition
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Expression { get; set; }
}
