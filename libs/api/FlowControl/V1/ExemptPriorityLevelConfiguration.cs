using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class ExemptPriorityLevelConfiguration
{
    [Field(1)]
    public int? NominalConcurrencyShares { get; set; }

    [Field(2)]
    public int? LendablePercent { get; set; }
}
