using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A volume attached to a node.</summary>
public sealed class AttachedVolume
{
    /// <summary>Name of the volume.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Path of its device.</summary>
    [Field(2, Required = true, Always = true)]
    public string? DevicePath { get; set; }
}
