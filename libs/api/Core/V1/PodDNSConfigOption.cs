using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodDNSConfigOption
{
    [Field(1)]
    public string? Name { get; set; }

    [Field(2, Pointer = true)]
    public string? Value { get; set; }
}
