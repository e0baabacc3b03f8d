using Kube.Api.Core.V1;
using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Where traffic goes: one of service and resource.</summary>
public sealed class IngressBackend
{
    /// <summary>A service of the namespace.</summary>
    [Field(4)]
    public IngressServiceBackend? Service { get; set; }

    /// <summary>Another object of the namespace.</summary>
    [Field(3)]
    public TypedLocalObjectReference? Resource { get; set; }
}
