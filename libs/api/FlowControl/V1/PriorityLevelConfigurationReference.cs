using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class PriorityLevelConfigurationReference
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }
}
