using System.Text.Json.Serialization;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>How pods are spread over parts of the cluster.</summary>
public sealed class TopologySpreadConstraint
{
    /// <summary>How uneven the spread may be: the difference between the fullest and the emptiest part.</summary>
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int MaxSkew { get; set; }

    /// <summary>Node label whose values are the parts.</summary>
    [Field(2, Required = true, Always = true)]
    public string? TopologyKey { get; set; }

    /// <summary>DoNotSchedule keeps the pod waiting; ScheduleAnyway only prefers the even spread.</summary>
    [Field(3, Required = true, Always = true)]
    [Enum("DoNotSchedule", "ScheduleAnyway")]
    public string? WhenUnsatisfiable { get; set; }

    /// <summary>The pods that are counted.</summary>
    [Field(4)]
    public LabelSelector? LabelSelector { get; set; }

    /// <summary>Fewest parts there must be; with fewer, the emptiest counts as empty.</summary>
    [Field(5)]
    public int? MinDomains { get; set; }

    /// <summary>Whether nodes the pod cannot use count: Honor leaves them out, Ignore counts them.</summary>
    [Field(6, Pointer = true)]
    [Enum("Honor", "Ignore")]
    public string? NodeAffinityPolicy { get; set; }

    /// <summary>Whether nodes with taints the pod does not tolerate count: Honor leaves them out, Ignore counts them.</summary>
    [Field(7, Pointer = true)]
    [Enum("Honor", "Ignore")]
    public string? NodeTaintsPolicy { get; set; }

    /// <summary>Labels of the pod itself whose values counted pods must share.</summary>
    [Field(8)]
    [ListType(ListKind.Atomic)]
    public List<string>? MatchLabelKeys { get; set; }
}
