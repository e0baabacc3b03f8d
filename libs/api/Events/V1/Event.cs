using System.Diagnostics.CodeAnalysis;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Events.V1;

/// <summary>
/// Something that happened to an object. Events are hints for people: they are kept for a while and may be lost.
/// </summary>
[Kind("events.k8s.io", "v1", "events", Namespaced = true, ShortNames = "ev")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class Event : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "events.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Event";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Time at which it was first seen.</summary>
    [Field(2, Required = true, Always = true)]
    public MicroTime? EventTime { get; set; }

    /// <summary>How often and until when it was seen again; absent if once.</summary>
    [Field(3)]
    public EventSeries? Series { get; set; }

    /// <summary>The controller that reported it, such as kubernetes.io/kubelet.</summary>
    [Field(4)]
    public string? ReportingController { get; set; }

    /// <summary>Which of several such controllers.</summary>
    [Field(5)]
    public string? ReportingInstance { get; set; }

    /// <summary>What was done, or failed, with regard to the object.</summary>
    [Field(6)]
    public string? Action { get; set; }

    /// <summary>Why it was done, as one CamelCase word.</summary>
    [Field(7)]
    public string? Reason { get; set; }

    /// <summary>The object it is about.</summary>
    [Field(8, Always = true)]
    public ObjectReference? Regarding { get; set; }

    /// <summary>A second object that it is about.</summary>
    [Field(9)]
    public ObjectReference? Related { get; set; }

    /// <summary>What happened, in words for people.</summary>
    [Field(10)]
    public string? Note { get; set; }

    /// <summary>Normal or Warning.</summary>
    [Field(11)]
    public string? Type { get; set; }

    /// <summary>Who reported it, in the old form.</summary>
    [Field(12, Always = true)]
    public EventSource? DeprecatedSource { get; set; }

    /// <summary>Time at which it was first seen, in the old form.</summary>
    [Field(13, Always = true)]
    public Time? DeprecatedFirstTimestamp { get; set; }

    /// <summary>Time at which it was last seen, in the old form.</summary>
    [Field(14, Always = true)]
    public Time? DeprecatedLastTimestamp { get; set; }

    /// <summary>How often it was seen, in the old form.</summary>
    [Field(15)]
    public int DeprecatedCount { get; set; }
}
