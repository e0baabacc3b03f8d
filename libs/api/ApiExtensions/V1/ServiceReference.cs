using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>A service and a path.</summary>
public sealed class ServiceReference
{
    /// <summary>Namespace of the service.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Namespace { get; set; }

    /// <summary>Name of the service.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Path of the requests.</summary>
    [Field(3, Pointer = true)]
    public string? Path { get; set; }

    /// <summary>Port of the service.</summary>
    [Field(4)]
    [Default("443")]
    public int? Port { get; set; }
}
