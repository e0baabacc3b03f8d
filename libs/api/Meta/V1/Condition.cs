using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Meta.V1;

public sealed class Condition
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Status { get; set; }

    [Field(3)]
    public long ObservedGeneration { get; set; }

    [Field(4, Required = true, Always = true)]
    public Time? LastTransitionTime { get; set; }

    [Field(5, Required = true, Always = true)]
    public string? Reason { get; set; }

    [Field(6, Required = true, Always = true)]
    public string? Message { get; set; }
}
