using Kube.Api.Schema;

namespace Kube.Api.ApiRegistration.V1;

/// <summary>A service.</summary>
public sealed class ServiceReference
{
    /// <summary>Namespace of the service.</summary>
    [Field(1)]
    public string? Namespace { get; set; }

    /// <summary>Name of the service.</summary>
    [Field(2)]
    public string? Name { get; set; }

    /// <summary>Port of the service.</summary>
    [Field(3)]
    [Default("443")]
    public int? Port { get; set; }
}
