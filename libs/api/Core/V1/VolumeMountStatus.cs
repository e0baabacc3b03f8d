using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class VolumeMountStatus
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? MountPath { get; set; }

    [Field(3)]
    public bool ReadOnly { get; set; }

    [Field(4, Pointer = true)]
    public string? RecursiveReadOnly { get; set; }
}
