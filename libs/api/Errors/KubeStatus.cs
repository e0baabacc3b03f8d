using System.Globalization;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Errors;

/// <summary>One cause of a failure, in a Status's details.</summary>
public sealed record StatusCause(string? Reason, string? Message, string? Field);

/// <summary>A metav1.Status that tells of a failure. Immutable.</summary>
/// <param name="Code">HTTP status code.</param>
/// <param name="Reason">Machine-readable reason; empty when none is known.</param>
/// <param name="Message">The text that clients print.</param>
public sealed partial record KubeStatus(int Code, string Reason, string Message)
{
    /// <summary>Group of the resource or kind concerned.</summary>
    public string? Group { get; init; }

    /// <summary>The resource's plural name, or the kind where Kubernetes puts that.</summary>
    public string? Kind { get; init; }

    public string? Name { get; init; }

    public string? Uid { get; init; }

    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>How long the client should wait before it tries again; 0 for not said.</summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>Token that goes on with an expired list in the newest state; empty for none.</summary>
    public string Continue { get; init; } = "";

    private bool HasDetails { get; init; } = true;

    /// <summary>The Status object as the API answers it.</summary>
    public JsonObject ToJson()
    {
        var result = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = Continue.Length == 0 ? new JsonObject() : new JsonObject { ["continue"] = Continue },
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason.Length > 0)
        {
            result["reason"] = Reason;
        }

        if (HasDetails)
        {
            result["details"] = DetailsToJson();
        }

        result["code"] = JsonTree.Number(Code);
        return result;
    }

    private JsonObject DetailsToJson()
    {
        var details = new JsonObject();
        Set(details, "name", Name);
        Set(details, "group", Group);
        Set(details, "kind", Kind);
        Set(details, "uid", Uid);
        if (Causes.Count > 0)
        {
            var causes = new JsonArray();
            foreach (var cause in Causes)
            {
                var node = new JsonObject();
                Set(node, "reason", cause.Reason);
                Set(node, "message", cause.Message);
                Set(node, "field", cause.Field);
                causes.Add(node);
            }

            details["causes"] = causes;
        }

        if (RetryAfterSeconds > 0)
        {
            details["retryAfterSeconds"] = JsonTree.Number(RetryAfterSeconds);
        }

        return details;
    }

    private static void Set(JsonObject obj, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            obj[name] = value;
        }
    }

    /// <summary>
    /// A success answer, as deletion gives it: {status: Success, details of what was deleted}.
    /// </summary>
    public static JsonObject SuccessJson(string? group, string? resource, string? name, string? uid)
    {
        var details = new JsonObject();
        Set(details, "name", name);
        Set(details, "group", group);
        Set(details, "kind", resource);
        Set(details, "uid", uid);
        var result = new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success" };
        if (details.Count > 0)
        {
            result["details"] = details;
        }

        return result;
    }

    /// <summary>Reads a Status object back; null when it is none.</summary>
    public static KubeStatus? FromJson(JsonObject obj)
    {
        if ((string?)obj["kind"] != "Status")
        {
            return null;
        }

        var details = obj["details"] as JsonObject;
        var code = obj["code"] is { } c && int.TryParse(c.ToJsonString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) ? n : 0;
        return new KubeStatus(code, (string?)obj["reason"] ?? "", (string?)obj["message"] ?? "")
        {
            HasDetails = details is not null,
            Group = (string?)details?["group"],
            Kind = (string?)details?["kind"],
            Name = (string?)details?["name"],
            Uid = (string?)details?["uid"],
            RetryAfterSeconds = details?["retryAfterSeconds"] is { } r ? int.Parse(r.ToJsonString(), CultureInfo.InvariantCulture) : 0,
            Causes = [.. (details?["causes"] as JsonArray ?? []).OfType<JsonObject>()
                .Select(o => new StatusCause((string?)o["reason"], (string?)o["message"], (string?)o["field"]))],
        };
    }
}

/// <summary>A request that fails with a Status.</summary>
public sealed class KubeStatusException(KubeStatus status) : Exception(status.Message)
{
    public KubeStatus Status { get; } = status;
}
