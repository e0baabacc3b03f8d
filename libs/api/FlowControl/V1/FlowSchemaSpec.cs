using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class FlowSchemaSpec
{
    [Field(1, Required = true, Always = true)]
    public PriorityLevelConfigurationReference? PriorityLevelConfiguration { get; set; }

    [Field(2, Always = true)]
    [Default("1000")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int MatchingPrecedence { get; set; }

    [Field(3)]
    public FlowDistinguisherMethod? DistinguisherMethod { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<PolicyRulesWithSubjects>? Rules { get; set; }
}
