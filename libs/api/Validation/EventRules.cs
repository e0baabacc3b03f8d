using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of events in both groups. The newer group asks for more, and lets only the series change.</summary>
internal static class EventRules
{
    private const int MaxNameLength = 128;
    private const int MaxNoteLength = 1024;

    private static readonly string[] Immutable =
    [
        "regarding", "reason", "note", "type", "eventTime", "action", "related", "reportingController", "reportingInstance",
        "deprecatedSource", "deprecatedFirstTimestamp", "deprecatedLastTimestamp", "deprecatedCount",
    ];

    /// <summary>An event of the core group; those with an eventTime were written by newer clients.</summary>
    internal static void CheckCore(ErrorList errors, JsonObject e)
    {
        if (e.Text("eventTime") is { Length: > 0 })
        {
            CheckNew(errors, e, "involvedObject", "reportingComponent", "message");
            return;
        }

        var ns = e.Map("metadata").Text("namespace") ?? "";
        var about = e.Map("involvedObject").Text("namespace") ?? "";
        if (about.Length == 0 ? ns is not ("default" or "kube-system" or "") : about != ns)
        {
            errors.Add(FieldError.Invalid("involvedObject.namespace", about, "does not match event.namespace"));
        }
    }

    /// <summary>An event of events.k8s.io.</summary>
    internal static void CheckCreate(ErrorList errors, JsonObject e)
    {
        errors.Require("eventTime", e.Text("eventTime"));
        if (e.Text("type") is not ("Normal" or "Warning"))
        {
            errors.Add(FieldError.Invalid("type", "", $"has invalid value: {e.Text("type")}"));
        }

        foreach (var old in (string[])["deprecatedFirstTimestamp", "deprecatedLastTimestamp", "deprecatedCount"])
        {
            if (e[old] is { } value && value.ToString() is not ("0" or ""))
            {
                errors.Add(FieldError.Invalid(old, "", "needs to be unset"));
            }
        }

        if (e.Map("deprecatedSource") is { Count: > 0 })
        {
            errors.Add(FieldError.Invalid("deprecatedSource", "", "needs to be unset"));
        }

        CheckNew(errors, e, "regarding", "reportingController", "note");
    }

    internal static void CheckUpdate(ErrorList errors, JsonObject e, JsonObject old)
    {
        foreach (var field in Immutable)
        {
            if (!JsonNode.DeepEquals(e[field], old[field]))
            {
                errors.Add(FieldError.Invalid(field, e[field], "field is immutable"));
            }
        }
    }

    private static void CheckNew(ErrorList errors, JsonObject e, string about, string controller, string note)
    {
        var ns = e.Map("metadata").Text("namespace") ?? "";
        if (string.IsNullOrEmpty(e.Map(about).Text("namespace")) && ns is not ("default" or "kube-system"))
        {
            errors.Add(FieldError.Invalid(about + ".namespace", "", "does not match event.namespace"));
        }

        if (errors.Require(controller, e.Text(controller)))
        {
            errors.AddInvalid(controller, e.Text(controller), NameRules.QualifiedName(e.Text(controller)!));
        }

        foreach (var field in (string[])["reportingInstance", "action", "reason"])
        {
            if (errors.Require(field, e.Text(field)) && e.Text(field)!.Length > MaxNameLength)
            {
                errors.Add(FieldError.Invalid(field, "", $"can have at most {MaxNameLength} characters"));
            }
        }

        if (e.Text(note) is { Length: > MaxNoteLength })
        {
            errors.Add(FieldError.Invalid(note, "", $"can have at most {MaxNoteLength} characters"));
        }
    }
}
