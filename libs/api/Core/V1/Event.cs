using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>
/// Something that happened to an object. Events are hints for people: they are kept for a while and may be lost.
/// </summary>
[Kind("", "v1", "events", Namespaced = true, ShortNames = "ev")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class Event : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Event";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Required = true, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>The object it is about.</summary>
    [Field(2, Required = true, Always = true)]
    public ObjectReference? InvolvedObject { get; set; }

    /// <summary>What happened, as one CamelCase word for programs.</summary>
    [Field(3)]
    public string? Reason { get; set; }

    /// <summary>What happened, in words for people.</summary>
    [Field(4)]
    public string? Message { get; set; }

    /// <summary>Who reported it, in the old form.</summary>
    [Field(5, Always = true)]
    public EventSource? Source { get; set; }

    /// <summary>Time at which it was first seen.</summary>
    [Field(6, Always = true)]
    public Time? FirstTimestamp { get; set; }

    /// <summary>Time at which it was last seen.</summary>
    [Field(7, Always = true)]
    public Time? LastTimestamp { get; set; }

    /// <summary>How often it was seen.</summary>
    [Field(8)]
    public int Count { get; set; }

    /// <summary>Normal or Warning.</summary>
    [Field(9)]
    public string? Type { get; set; }

    /// <summary>Time at which it was first seen, to the microsecond.</summary>
    [Field(10, Always = true)]
    public MicroTime? EventTime { get; set; }

    /// <summary>How often and until when it was seen again; absent if once.</summary>
    [Field(11)]
    public EventSeries? Series { get; set; }

    /// <summary>What was done, or failed, with regard to the object.</summary>
    [Field(12)]
    public string? Action { get; set; }

    /// <summary>A second object that it is about.</summary>
    [Field(13)]
    public ObjectReference? Related { get; set; }

    /// <summary>The controller that reported it, such as kubernetes.io/kubelet.</summary>
    [Field(14, Always = true)]
    public string? ReportingComponent { get; set; }

    /// <summary>Which of several such controllers.</summary>
    [Field(15, Always = true)]
    public string? ReportingInstance { get; set; }
}
