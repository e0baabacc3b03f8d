using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class HostPathVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? Path { get; set; }

    [Field(2, Pointer = true)]
    [Enum("", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")]
    [Default("\"\"")]
    public string? Type { get; set; }
}
