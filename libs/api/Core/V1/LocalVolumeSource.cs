using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class LocalVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? Path { get; set; }

    [Field(2, Pointer = true)]
    public string? FsType { get; set; }
}
