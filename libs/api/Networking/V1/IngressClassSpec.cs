using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Who serves the class.</summary>
public sealed class IngressClassSpec
{
    /// <summary>Name of the controller. It cannot be changed.</summary>
    [Field(1)]
    [Immutable]
    public string? Controller { get; set; }

    /// <summary>Where the controller's settings are.</summary>
    [Field(2)]
    public IngressClassParametersReference? Parameters { get; set; }
}
