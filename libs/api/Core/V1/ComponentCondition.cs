using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ComponentCondition
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Status { get; set; }

    [Field(3)]
    public string? Message { get; set; }

    [Field(4)]
    public string? Error { get; set; }
}
