using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>scale: the replica counts and selector of a workload as an autoscaling/v1 Scale.</summary>
internal sealed class ScaleSubresource : IProjectedSubresource
{
    private static readonly string[] Served = ["get", "patch", "update"];

    public GroupVersionKind Kind { get; } = new("autoscaling", "v1", "Scale");

    public IReadOnlyList<string> Verbs => Served;

    public JsonObject Project(JsonObject obj)
    {
        var accessor = new ObjectAccessor(obj);
        var metadata = new JsonObject();
        foreach (var name in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            if (accessor.Metadata[name] is { } value)
            {
                metadata[name] = value.DeepClone();
            }
        }

        var status = new JsonObject { ["replicas"] = ObjectAccessor.Number(obj["status"] as JsonObject, "replicas") ?? 0 };
        if (SelectorText(obj["spec"]?["selector"] as JsonObject) is { Length: > 0 } selector)
        {
            status["selector"] = selector;
        }

        var replicas = ObjectAccessor.Number(obj["spec"] as JsonObject, "replicas");
        return new JsonObject
        {
            ["apiVersion"] = Kind.ApiVersion,
            ["kind"] = Kind.Kind,
            ["metadata"] = metadata,
            ["spec"] = replicas is null ? new JsonObject() : new JsonObject { ["replicas"] = replicas },
            ["status"] = status,
        };
    }

    public void Apply(JsonObject obj, JsonObject part)
    {
        obj["spec"] ??= new JsonObject();
        obj["spec"]!["replicas"] = ObjectAccessor.Number(part["spec"] as JsonObject, "replicas") ?? 0;
        if (ObjectAccessor.Text(part["metadata"] as JsonObject, "resourceVersion") is { Length: > 0 } version)
        {
            new ObjectAccessor(obj).ResourceVersion = version;
        }
    }

    /// <summary>A selector object as text: a plain map of labels, or matchLabels and matchExpressions.</summary>
    private static string SelectorText(JsonObject? selector)
    {
        if (selector is null)
        {
            return "";
        }

        var parts = new List<string>();
        var labels = selector["matchLabels"] as JsonObject ?? (selector.ContainsKey("matchExpressions") ? null : selector);
        foreach (var (key, value) in labels ?? [])
        {
            parts.Add(key + "=" + value);
        }

        foreach (var expression in (selector["matchExpressions"] as JsonArray)?.OfType<JsonObject>() ?? [])
        {
            var key = ObjectAccessor.Text(expression, "key");
            var values = string.Join(',', (expression["values"] as JsonArray)?.Select(v => v?.ToString()) ?? []);
            parts.Add(ObjectAccessor.Text(expression, "operator") switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" => $"{key} notin ({values})",
                "Exists" => key,
                _ => "!" + key,
            });
        }

        return string.Join(',', parts);
    }
}
