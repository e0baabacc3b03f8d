using System.Text.Json.Nodes;
using Kube.Api.Selectors;

namespace Kube.ApiServer.Admission;

/// <summary>Whether the rules and selectors of a policy or webhook mean a request. Pure.</summary>
public static class RuleMatching
{
    /// <summary>True when any rule names the request's operation, resource, scope and, where it says so, object.</summary>
    public static bool AnyMatches(JsonArray? rules, AdmissionRequest request) =>
        rules?.OfType<JsonObject>().Any(rule => Matches(rule, request)) == true;

    /// <summary>True when one rule does.</summary>
    public static bool Matches(JsonObject rule, AdmissionRequest request) =>
        Names(rule, "operations", OperationOf(request.Operation))
        && Names(rule, "apiGroups", request.Group)
        && Names(rule, "apiVersions", request.Version)
        && MatchesScope(rule, request)
        && Texts(rule, "resources").Any(resource => MatchesResource(resource, request.Resource, request.Subresource))
        && (rule["resourceNames"] is not JsonArray { Count: > 0 } || Texts(rule, "resourceNames").Contains(request.Name));

    /// <summary>True when an object selector means the new object or the old one.</summary>
    /// <exception cref="SelectorException">The selector is none.</exception>
    public static bool MatchesObject(JsonObject? selector, AdmissionRequest request)
    {
        if (selector is null or { Count: 0 })
        {
            return true;
        }

        var parsed = LabelSelector.FromObject(selector);
        return (request.Object is { } obj && parsed.Matches(LabelsOf(obj))) || (request.OldObject is { } old && parsed.Matches(LabelsOf(old)));
    }

    /// <summary>True when a namespace selector means the namespace of the request; what has no namespace is always meant.</summary>
    /// <param name="selector">The selector; null for all.</param>
    /// <param name="ns">The namespace, or the request's own object when that is one; null when there is none.</param>
    /// <exception cref="SelectorException">The selector is none.</exception>
    public static bool MatchesNamespace(JsonObject? selector, JsonObject? ns) =>
        selector is null or { Count: 0 } || ns is null || LabelSelector.FromObject(selector).Matches(LabelsOf(ns));

    /// <summary>The operation as rules and expressions name it.</summary>
    public static string OperationOf(AdmissionOperation operation) => operation switch
    {
        AdmissionOperation.Create => "CREATE",
        AdmissionOperation.Update => "UPDATE",
        AdmissionOperation.Delete => "DELETE",
        _ => "CONNECT",
    };

    private static JsonObject LabelsOf(JsonObject obj) => (obj["metadata"] as JsonObject)?["labels"] as JsonObject ?? [];

    private static bool MatchesScope(JsonObject rule, AdmissionRequest request) => Text(rule["scope"]) switch
    {
        "Cluster" => request.Namespace.Length == 0 || request is { Group: "", Resource: "namespaces" },
        "Namespaced" => request.Namespace.Length > 0 && request is not { Group: "", Resource: "namespaces" },
        _ => true,
    };

    private static bool MatchesResource(string wanted, string resource, string subresource)
    {
        var slash = wanted.IndexOf('/', StringComparison.Ordinal);
        var (name, sub) = slash < 0 ? (wanted, "") : (wanted[..slash], wanted[(slash + 1)..]);
        return (name == "*" || name == resource) && (sub == "*" || sub == subresource);
    }

    private static bool Names(JsonObject rule, string field, string value) => Texts(rule, field).Any(text => text == "*" || text == value);

    private static IEnumerable<string> Texts(JsonObject rule, string field) => (rule[field] as JsonArray)?.Select(Text).OfType<string>() ?? [];

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
