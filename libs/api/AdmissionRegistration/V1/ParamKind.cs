using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

[Atomic]
public sealed class ParamKind
{
    [Field(1)]
    public string? ApiVersion { get; set; }

    [Field(2)]
    public string? Kind { get; set; }
}
