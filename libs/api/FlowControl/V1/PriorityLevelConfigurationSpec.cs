using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class PriorityLevelConfigurationSpec
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2)]
    public LimitedPriorityLevelConfiguration? Limited { get; set; }

    [Field(3)]
    public ExemptPriorityLevelConfiguration? Exempt { get; set; }
}
