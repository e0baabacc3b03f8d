using System.Text.Json.Serialization;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class TopologySpreadConstraint
{
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int MaxSkew { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? TopologyKey { get; set; }

    [Field(3, Required = true, Always = true)]
    [Enum("DoNotSchedule", "ScheduleAnyway")]
    public string? WhenUnsatisfiable { get; set; }

    [Field(4)]
    public LabelSelector? LabelSelector { get; set; }

    [Field(5)]
    public int? MinDomains { get; set; }

    [Field(6, Pointer = true)]
    [Enum("Ignore", "Honor")]
    public string? NodeAffinityPolicy { get; set; }

    [Field(7, Pointer = true)]
    [Enum("Ignore", "Honor")]
    public string? NodeTaintsPolicy { get; set; }

    [Field(8)]
    [ListType(ListKind.Atomic)]
    public List<string>? MatchLabelKeys { get; set; }
}
