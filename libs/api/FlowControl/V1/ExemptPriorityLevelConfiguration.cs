using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>What a level without bounds lends.</summary>
public sealed class ExemptPriorityLevelConfiguration
{
    /// <summary>Its share, for what it lends.</summary>
    [Field(1)]
    [Default("0")]
    public int? NominalConcurrencyShares { get; set; }

    /// <summary>How much of its share others may borrow, in percent.</summary>
    [Field(2)]
    [Default("0")]
    public int? LendablePercent { get; set; }
}
