using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class TableRowCondition
{
    [Field(0, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(0, Required = true, Always = true)]
    public string? Status { get; set; }

    [Field(0)]
    public string? Reason { get; set; }

    [Field(0)]
    public string? Message { get; set; }
}
