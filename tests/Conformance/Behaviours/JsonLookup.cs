using System.Globalization;
using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Reads JSON by a path of names and numbers with dots between.</summary>
internal static class JsonLookup
{
    /// <summary>The node there, or null.</summary>
    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (var step in path.Split('.'))
        {
            node = node switch
            {
                JsonObject obj => obj[step],
                JsonArray array => int.Parse(step, CultureInfo.InvariantCulture) is var i && i < array.Count ? array[i] : null,
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The text or number there; empty when there is none.</summary>
    public static string Text(this JsonNode? node, string path) => node.At(path)?.ToString() ?? "";

    /// <summary>The JSON of a node that may be absent.</summary>
    public static string Print(this JsonNode? node) => node?.ToJsonString() ?? "";

    /// <summary>A list's items.</summary>
    public static IReadOnlyList<JsonObject> Items(this JsonObject list, string path = "items") =>
        [.. (list.At(path) as JsonArray ?? []).Select(i => i!.AsObject())];

    /// <summary>The names of a list's items.</summary>
    public static IEnumerable<string> Names(this JsonObject list) => list.Items().Select(i => i.Text("metadata.name"));

    /// <summary>Sets a member of a nested object and returns the whole.</summary>
    public static JsonObject With(this JsonObject obj, string path, JsonNode? value)
    {
        var steps = path.Split('.');
        var parent = obj;
        foreach (var step in steps[..^1])
        {
            parent = (JsonObject)(parent[step] ??= new JsonObject());
        }

        parent[steps[^1]] = value;
        return obj;
    }
}
