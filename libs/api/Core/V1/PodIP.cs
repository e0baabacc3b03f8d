using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodIP
{
    [Field(1, Required = true, Always = true)]
    public string? Ip { get; set; }
}
