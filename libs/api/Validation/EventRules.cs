using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>
/// Rules of events in both groups (Kubernetes' pkg/apis/core/validation/events.go). The newer group asks for more, and lets only
/// the series change. Faults name the fields as the core group does, whichever group the event came in.
/// </summary>
internal static class EventRules
{
    private const int MaxNameLength = 128;
    private const int MaxNoteLength = 1024;

    /// <summary>Fields of the core group in the order in which they are compared, with their names in events.k8s.io.</summary>
    private static readonly (string Core, string Field)[] Immutable =
    [
        ("involvedObject", "regarding"), ("reason", "reason"), ("message", "note"), ("source", "deprecatedSource"), ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"), ("count", "deprecatedCount"), ("type", "type"), ("eventTime", "eventTime"), ("action", "action"),
        ("related", "related"), ("reportingController", "reportingController"), ("reportingInstance", "reportingInstance"),
    ];

    /// <summary>An event of the core group.</summary>
    internal static void CheckCore(ErrorList errors, JsonObject e) => CheckAny(errors, e, "involvedObject", "reportingComponent", "message");

    /// <summary>An event of events.k8s.io.</summary>
    internal static void CheckEvent(ErrorList errors, JsonObject e) => CheckAny(errors, e, "regarding", "reportingController", "note");

    /// <summary>A new event of events.k8s.io.</summary>
    internal static void CheckNew(ErrorList errors, JsonObject e)
    {
        var name = e.Map("metadata").Text("name") ?? "";
        errors.AddInvalid("metadata.name", name, NameRules.DnsSubdomain(name));
        CheckSeries(errors, e.Map("series"));
        errors.Require("eventTime", e.Text("eventTime"));
        if (e.Text("type") is not ("Normal" or "Warning"))
        {
            errors.Add(FieldError.Invalid("type", "", $"has invalid value: {e.Text("type")}"));
        }

        foreach (var (core, field) in Immutable.Where(static field => field.Core is "firstTimestamp" or "lastTimestamp" or "count"))
        {
            if (e[field] is { } value && value.ToString() is not ("0" or ""))
            {
                errors.Add(FieldError.Invalid(core, "", "needs to be unset"));
            }
        }

        if (e.Map("deprecatedSource") is { } source && (source.Text("component") is { Length: > 0 } || source.Text("host") is { Length: > 0 }))
        {
            errors.Add(FieldError.Invalid("source", "", "needs to be unset"));
        }
    }

    internal static void CheckUpdate(ErrorList errors, JsonObject e, JsonObject old)
    {
        if (!JsonNode.DeepEquals(e["series"], old["series"]))
        {
            CheckSeries(errors, e.Map("series"));
        }

        foreach (var (core, field) in Immutable)
        {
            if (!JsonNode.DeepEquals(e[field], old[field]))
            {
                errors.Add(FieldError.Invalid(core, e[field], "field is immutable"));
            }
        }
    }

    private static void CheckSeries(ErrorList errors, JsonObject? series)
    {
        if (series is null)
        {
            return;
        }

        if ((series.Whole("count") ?? 0) < 2)
        {
            errors.Add(FieldError.Invalid("series.count", "", "should be at least 2"));
        }

        errors.Require("series.lastObservedTime", series.Text("lastObservedTime"));
    }

    /// <summary>What holds of every event. Those with an eventTime were written by newer clients, and have to say more.</summary>
    private static void CheckAny(ErrorList errors, JsonObject e, string about, string controller, string note)
    {
        var ns = e.Map("metadata").Text("namespace") ?? "";
        var subject = e.Map(about).Text("namespace") ?? "";
        if (e.Text("eventTime") is { Length: > 0 })
        {
            CheckNewer(errors, e, subject.Length > 0 || ns is "default" or "kube-system", controller, note);
        }
        else if (subject.Length == 0 ? ns is not ("default" or "") : subject != ns)
        {
            errors.Add(FieldError.Invalid("involvedObject.namespace", subject, "does not match event.namespace"));
        }

        errors.AddInvalid("namespace", ns, NameRules.DnsSubdomain(ns));
    }

    private static void CheckNewer(ErrorList errors, JsonObject e, bool isInPlace, string controller, string note)
    {
        if (!isInPlace)
        {
            errors.Add(FieldError.Invalid("involvedObject.namespace", "", "does not match event.namespace"));
        }

        var name = e.Text(controller) ?? "";
        errors.Require(controller, name);
        errors.AddInvalid(controller, name, NameRules.QualifiedName(name));
        foreach (var field in (string[])["reportingInstance", "action", "reason"])
        {
            if (errors.Require(field, e.Text(field)) && System.Text.Encoding.UTF8.GetByteCount(e.Text(field)!) > MaxNameLength)
            {
                errors.Add(FieldError.Invalid(field, "", $"can have at most {MaxNameLength} characters"));
            }
        }

        if (System.Text.Encoding.UTF8.GetByteCount(e.Text(note) ?? "") > MaxNoteLength)
        {
            errors.Add(FieldError.Invalid("message", "", $"can have at most {MaxNoteLength} characters"));
        }
    }
}
