using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Where a block device appears in a container.</summary>
public sealed class VolumeDevice
{
    /// <summary>Name of the claim's volume in the pod.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Path of the device in the container.</summary>
    [Field(2, Required = true, Always = true)]
    public string? DevicePath { get; set; }
}
