using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>A port by name or number.</summary>
[Atomic]
public sealed class ServiceBackendPort
{
    /// <summary>Name of the port.</summary>
    [Field(1)]
    public string? Name { get; set; }

    /// <summary>Number of the port.</summary>
    [Field(2)]
    public int Number { get; set; }
}
