using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class GlusterfsVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? Endpoints { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Path { get; set; }

    [Field(3)]
    public bool ReadOnly { get; set; }
}
