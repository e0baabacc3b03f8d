using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>Bounds of a level.</summary>
public sealed class LimitedPriorityLevelConfiguration
{
    /// <summary>Its share of the server's concurrency, relative to the others'.</summary>
    [Field(1)]
    [Default("30")]
    public int? NominalConcurrencyShares { get; set; }

    /// <summary>What happens to requests beyond the bound.</summary>
    [Field(2, Always = true)]
    public LimitResponse? LimitResponse { get; set; }

    /// <summary>How much of its share others may borrow, in percent.</summary>
    [Field(3)]
    [Default("0")]
    public int? LendablePercent { get; set; }

    /// <summary>How much it may borrow, in percent of its share; absent means no bound.</summary>
    [Field(4)]
    public int? BorrowingLimitPercent { get; set; }
}
