using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A key and the file it becomes.</summary>
public sealed class KeyToPath
{
    /// <summary>The key.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Key { get; set; }

    /// <summary>Path of the file in the volume; relative, and without "..".</summary>
    [Field(2, Required = true, Always = true)]
    public string? Path { get; set; }

    /// <summary>Permission bits of the file.</summary>
    [Field(3)]
    [Range(0, 511)]
    public int? Mode { get; set; }
}
