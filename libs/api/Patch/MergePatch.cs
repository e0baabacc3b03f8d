using System.Text.Json.Nodes;

namespace Kube.Api.Patch;

/// <summary>JSON merge patch (RFC 7386).</summary>
public static class MergePatch
{
    /// <summary>The target with the patch merged in. The inputs are not changed.</summary>
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        var result = new JsonObject();
        foreach (var (name, value) in target)
        {
            if (!patch.ContainsKey(name))
            {
                result[name] = value?.DeepClone();
            }
            else if (patch[name] is JsonObject change)
            {
                result[name] = Apply(value as JsonObject ?? [], change);
            }
            else if (patch[name] is { } replacement)
            {
                result[name] = replacement.DeepClone();
            }
        }

        foreach (var (name, value) in patch)
        {
            if (value is not null && !target.ContainsKey(name))
            {
                result[name] = value is JsonObject added ? Apply([], added) : value.DeepClone();
            }
        }

        return result;
    }

    /// <summary>
    /// The smallest merge patch that turns one object into the other. Members that are null in
    /// <paramref name="to"/> cannot be expressed and come out absent.
    /// </summary>
    public static JsonObject Diff(JsonObject from, JsonObject to)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in from)
        {
            if (!to.TryGetPropertyValue(name, out var wanted) || wanted is null)
            {
                patch[name] = null;
            }
            else if (value is JsonObject a && wanted is JsonObject b)
            {
                if (Diff(a, b) is { Count: > 0 } below)
                {
                    patch[name] = below;
                }
            }
            else if (!JsonNode.DeepEquals(value, wanted))
            {
                patch[name] = wanted.DeepClone();
            }
        }

        foreach (var (name, value) in to)
        {
            if (value is not null && !from.ContainsKey(name))
            {
                patch[name] = value.DeepClone();
            }
        }

        return patch;
    }
}
