using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

[Atomic]
public sealed class ParamRef
{
    [Field(1)]
    public string? Name { get; set; }

    [Field(2)]
    public string? Namespace { get; set; }

    [Field(3)]
    public LabelSelector? Selector { get; set; }

    [Field(4, Pointer = true)]
    public string? ParameterNotFoundAction { get; set; }
}
