using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodReadinessGate
{
    [Field(1, Required = true, Always = true)]
    public string? ConditionType { get; set; }
}
