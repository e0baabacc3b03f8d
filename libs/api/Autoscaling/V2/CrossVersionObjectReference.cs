using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class CrossVersionObjectReference
{
    [Field(1, Required = true, Always = true)]
    public string? Kind { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(3)]
    public string? ApiVersion { get; set; }
}
