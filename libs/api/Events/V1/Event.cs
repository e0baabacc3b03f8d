using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Events.V1;

[Kind("events.k8s.io", "v1", "events", Namespaced = true, ShortNames = "ev")]
public sealed class Event : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "events.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Event";

    [Field(1, Always = true)]
    [System.Diagnostics.CodeAnalysis.AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    [Field(2, Required = true, Always = true)]
    public MicroTime? EventTime { get; set; }

    [Field(3)]
    public EventSeries? Series { get; set; }

    [Field(4)]
    public string? ReportingController { get; set; }

    [Field(5)]
    public string? ReportingInstance { get; set; }

    [Field(6)]
    public string? Action { get; set; }

    [Field(7)]
    public string? Reason { get; set; }

    [Field(8, Always = true)]
    public ObjectReference? Regarding { get; set; }

    [Field(9)]
    public ObjectReference? Related { get; set; }

    [Field(10)]
    public string? Note { get; set; }

    [Field(11)]
    public string? Type { get; set; }

    [Field(12, Always = true)]
    public EventSource? DeprecatedSource { get; set; }

    [Field(13, Always = true)]
    public Time? DeprecatedFirstTimestamp { get; set; }

    [Field(14, Always = true)]
    public Time? DeprecatedLastTimestamp { get; set; }

    [Field(15)]
    public int DeprecatedCount { get; set; }
}
