using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>Which requests, and what level.</summary>
public sealed class FlowSchemaSpec
{
    /// <summary>The level.</summary>
    [Field(1, Required = true, Always = true)]
    public PriorityLevelConfigurationReference? PriorityLevelConfiguration { get; set; }

    /// <summary>Rank among schemas: of those that match the lowest wins.</summary>
    [Field(2, Always = true)]
    [Default("1000")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int MatchingPrecedence { get; set; }

    /// <summary>What tells flows apart; absent makes it one flow.</summary>
    [Field(3)]
    public FlowDistinguisherMethod? DistinguisherMethod { get; set; }

    /// <summary>The requests; any one rule suffices.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<PolicyRulesWithSubjects>? Rules { get; set; }
}
