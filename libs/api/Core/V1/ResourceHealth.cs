using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>State of a device.</summary>
public sealed class ResourceHealth
{
    /// <summary>Identity of the device.</summary>
    [Field(1, Required = true, Always = true)]
    public string? ResourceID { get; set; }

    /// <summary>Healthy, Unhealthy or Unknown.</summary>
    [Field(2)]
    public string? Health { get; set; }
}
