using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>A service and its port.</summary>
public sealed class IngressServiceBackend
{
    /// <summary>Name of the service.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Its port.</summary>
    [Field(2, Always = true)]
    public ServiceBackendPort? Port { get; set; }
}
