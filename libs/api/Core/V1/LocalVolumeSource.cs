using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A disk or directory of one node.</summary>
public sealed class LocalVolumeSource
{
    /// <summary>Its path on the node.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Path { get; set; }

    /// <summary>File system on it, when it is a device.</summary>
    [Field(2, Pointer = true)]
    public string? FsType { get; set; }
}
