using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An NFS share.</summary>
public sealed class NFSVolumeSource
{
    /// <summary>Name or address of the server.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Server { get; set; }

    /// <summary>Path the server exports.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Path { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(3)]
    public bool ReadOnly { get; set; }
}
