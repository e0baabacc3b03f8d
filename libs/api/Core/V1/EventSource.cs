using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class EventSource
{
    [Field(1)]
    public string? Component { get; set; }

    [Field(2)]
    public string? Host { get; set; }
}
