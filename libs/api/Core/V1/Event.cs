using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

[Kind("", "v1", "events", Namespaced = true, ShortNames = "ev")]
public sealed class Event : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Event";

    [Field(1, Required = true, Always = true)]
    [System.Diagnostics.CodeAnalysis.AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    [Field(2, Required = true, Always = true)]
    public ObjectReference? InvolvedObject { get; set; }

    [Field(3)]
    public string? Reason { get; set; }

    [Field(4)]
    public string? Message { get; set; }

    [Field(5, Always = true)]
    public EventSource? Source { get; set; }

    [Field(6, Always = true)]
    public Time? FirstTimestamp { get; set; }

    [Field(7, Always = true)]
    public Time? LastTimestamp { get; set; }

    [Field(8)]
    public int Count { get; set; }

    [Field(9)]
    public string? Type { get; set; }

    [Field(10, Always = true)]
    public MicroTime? EventTime { get; set; }

    [Field(11)]
    public EventSeries? Series { get; set; }

    [Field(12)]
    public string? Action { get; set; }

    [Field(13)]
    public ObjectReference? Related { get; set; }

    [Field(14, Always = true)]
    public string? ReportingComponent { get; set; }

    [Field(15, Always = true)]
    public string? ReportingInstance { get; set; }
}
