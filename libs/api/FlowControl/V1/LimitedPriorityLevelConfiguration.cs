using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class LimitedPriorityLevelConfiguration
{
    [Field(1)]
    public int? NominalConcurrencyShares { get; set; }

    [Field(2, Always = true)]
    public LimitResponse? LimitResponse { get; set; }

    [Field(3)]
    public int? LendablePercent { get; set; }

    [Field(4)]
    public int? BorrowingLimitPercent { get; set; }
}
