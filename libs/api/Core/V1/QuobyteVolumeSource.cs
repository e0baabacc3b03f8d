using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class QuobyteVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? Registry { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Volume { get; set; }

    [Field(3)]
    public bool ReadOnly { get; set; }

    [Field(4)]
    public string? User { get; set; }

    [Field(5)]
    public string? Group { get; set; }

    [Field(6)]
    public string? Tenant { get; set; }
}
