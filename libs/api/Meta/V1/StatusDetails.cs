using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class StatusDetails
{
    [Field(1)]
    public string? Name { get; set; }

    [Field(2)]
    public string? Group { get; set; }

    [Field(3)]
    public string? Kind { get; set; }

    [Field(6)]
    public string? Uid { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<StatusCause>? Causes { get; set; }

    [Field(5)]
    public int RetryAfterSeconds { get; set; }
}
