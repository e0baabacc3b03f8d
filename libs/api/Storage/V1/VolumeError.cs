using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Storage.V1;

public sealed class VolumeError
{
    [Field(1, Always = true)]
    public Time? Time { get; set; }

    [Field(2)]
    public string? Message { get; set; }
}
