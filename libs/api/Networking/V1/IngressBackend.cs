using Kube.Api.Core.V1;
using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IngressBackend
{
    [Field(4)]
    public IngressServiceBackend? Service { get; set; }

    [Field(3)]
    public TypedLocalObjectReference? Resource { get; set; }
}
