using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class VolumeMount
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2)]
    public bool ReadOnly { get; set; }

    [Field(7, Pointer = true)]
    public string? RecursiveReadOnly { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? MountPath { get; set; }

    [Field(4)]
    public string? SubPath { get; set; }

    [Field(5, Pointer = true)]
    [Enum("None", "HostToContainer", "Bidirectional")]
    public string? MountPropagation { get; set; }

    [Field(6)]
    public string? SubPathExpr { get; set; }
}
