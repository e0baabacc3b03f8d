using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class StatusCause
{
    [Field(1)]
    public string? Reason { get; set; }

    [Field(2)]
    public string? Message { get; set; }

    [Field(3)]
    public string? Field { get; set; }
}
