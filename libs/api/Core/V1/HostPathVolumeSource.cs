using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A path of the node.</summary>
public sealed class HostPathVolumeSource
{
    /// <summary>The path.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Path { get; set; }

    /// <summary>
    /// What must be there, or is made: Directory, DirectoryOrCreate, File, FileOrCreate, Socket, CharDevice, BlockDevice;
    /// empty checks nothing.
    /// </summary>
    [Field(2, Pointer = true)]
    [Enum("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket")]
    [Default("\"\"")]
    public string? Type { get; set; }
}
