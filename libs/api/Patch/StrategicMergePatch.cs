using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

/// <summary>
/// Strategic merge patch: a merge patch that knows from the schema which lists merge, and by which key, and
/// that understands directives ($patch, $retainKeys, $setElementOrder/…, $deleteFromPrimitiveList/…).
/// </summary>
public static partial class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeleteFromListPrefix = "$deleteFromPrimitiveList";
    private const string ElementOrderPrefix = "$setElementOrder";

    /// <summary>The target with the patch merged in. The inputs are not changed.</summary>
    /// <exception cref="PatchException">The patch is malformed or does not fit the schema.</exception>
    public static JsonObject Apply(JsonObject target, JsonObject patch, ObjectSchema schema) =>
        MergeMap((JsonObject)target.DeepClone(), (JsonObject)patch.DeepClone(), Shape.Of(schema));

    private static JsonObject MergeMap(JsonObject original, JsonObject patch, Shape shape)
    {
        if (patch.ContainsKey(Directive))
        {
            return Replace(patch);
        }

        ApplyRetainKeys(original, patch);
        MergeOrderedLists(original, patch, shape);
        var removed = new List<string>();
        foreach (var (patchKey, value) in JsonEdit.Empty(patch))
        {
            var isDeletion = patchKey.StartsWith(DeleteFromListPrefix, StringComparison.Ordinal);
            var key = isDeletion ? KeyAfter(patchKey, DeleteFromListPrefix, "invalid patch format of primitive list") : patchKey;
            if (value is null)
            {
                removed.Add(key);
                continue;
            }

            if (original.TryGetPropertyValue(key, out var current) && current is not null && SameKind(current, value))
            {
                MergeValue(original, key, current, value, shape, isDeletion);
            }
            else if (!isDeletion)
            {
                DropNulls(value);
                Set(original, key, value);
            }
        }

        JsonEdit.Remove(original, removed);
        return original;
    }

    private static JsonObject Replace(JsonObject patch)
    {
        var directive = TextOf(patch[Directive]);
        if (directive == "delete")
        {
            return [];
        }

        if (directive != "replace")
        {
            throw BadPatchType(patch);
        }

        patch.Remove(Directive);
        return patch;
    }

    private static void MergeValue(JsonObject original, string key, JsonNode current, JsonNode value, Shape shape, bool isDeletion)
    {
        switch (current)
        {
            case JsonObject map:
                var below = shape.Struct(key, out var replaces);
                if (replaces)
                {
                    original[key] = value;
                    return;
                }

                original.Remove(key);
                original[key] = MergeMap(map, (JsonObject)value, below);
                return;
            case JsonArray list:
                var element = shape.List(key, out var merges, out var mergeKey);
                original.Remove(key);
                original[key] = merges || isDeletion
                    ? MergeList(list, (JsonArray)value, element, mergeKey, isDeletion)
                    : value;
                return;
            default:
                original[key] = value;
                return;
        }
    }

    /// <summary>Sets a value that the patch brings anew; what only carries directives is left out.</summary>
    private static void Set(JsonObject original, string key, JsonNode value)
    {
        if (WithoutDirectives(value) is { } kept)
        {
            original[key] = kept;
        }
        else
        {
            original.Remove(key);
        }
    }

    /// <summary>The value without the parts that carry $patch; null when nothing is left of it.</summary>
    private static JsonNode? WithoutDirectives(JsonNode value)
    {
        switch (value)
        {
            case JsonObject map:
                if (map.ContainsKey(Directive))
                {
                    return null;
                }

                JsonEdit.Remove(map, [.. map.Where(p => p.Value is not null && WithoutDirectives(p.Value) is null).Select(p => p.Key)]);
                return map;
            case JsonArray list:
                list.RemoveAll(item => item is not null && WithoutDirectives(item) is null);
                return list;
            default:
                return value;
        }
    }

    private static void DropNulls(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                JsonEdit.Remove(map, [.. map.Where(p => p.Value is null).Select(p => p.Key)]);
                foreach (var (_, item) in map)
                {
                    DropNulls(item);
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    DropNulls(item);
                }

                break;
        }
    }

    private static void ApplyRetainKeys(JsonObject original, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out var directive))
        {
            return;
        }

        patch.Remove(RetainKeys);
        if (directive is not JsonArray list)
        {
            throw BadRetainKeys();
        }

        var kept = list.Select(TextOf).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, value) in patch)
        {
            var isDirective = name.StartsWith(DeleteFromListPrefix, StringComparison.Ordinal) || name.StartsWith(ElementOrderPrefix, StringComparison.Ordinal);
            if (value is not null && !isDirective && !kept.Contains(name))
            {
                throw BadRetainKeys();
            }
        }

        JsonEdit.Remove(original, [.. original.Select(p => p.Key).Where(k => !kept.Contains(k))]);
    }

    private static PatchException BadRetainKeys() => new("invalid patch format of retainKeys", PatchFailure.BadRequest);

    private static PatchException BadPatchType(JsonObject map) =>
        new($"unknown patch type: {map[Directive]?.ToString()} in map: {map.ToJsonString()}", PatchFailure.Internal);

    private static string KeyAfter(string key, string prefix, string error)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash == prefix.Length ? key[(slash + 1)..] : throw new PatchException(error, PatchFailure.BadRequest);
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static bool SameKind(JsonNode a, JsonNode b) => JsonTree.NameOf(a) == JsonTree.NameOf(b);

    /// <summary>What the schema says of the members of a map; free-form below the schema's leaves.</summary>
    private readonly struct Shape(ObjectSchema? schema, ValueSchema? mapElement, string name)
    {
        internal string Name => name;

        internal static Shape Of(ObjectSchema schema) => new(schema, null, schema.Name);

        private static Shape Of(ValueSchema value) => value.Kind switch
        {
            ValueKind.Object => new Shape(value.Object, null, value.Object!.Name),
            ValueKind.Map => new Shape(null, value.Element, value.GoType),
            _ => new Shape(null, null, value.GoType),
        };

        /// <summary>The shape of a member that is a map.</summary>
        internal Shape Struct(string key, out bool replaces)
        {
            replaces = false;
            if (schema is null)
            {
                return mapElement is null ? default : Of(mapElement);
            }

            var field = FieldOf(key);
            replaces = field?.PatchReplaces ?? false;
            return field is null ? default : Of(field.Value);
        }

        /// <summary>The shape of the items of a member that is a list.</summary>
        internal Shape List(string key, out bool merges, out string? mergeKey)
        {
            merges = false;
            mergeKey = null;
            if (schema is null)
            {
                return mapElement?.Element is { } inner ? Of(inner) : default;
            }

            var field = FieldOf(key);
            merges = field?.PatchMerges ?? false;
            mergeKey = field?.MergeKey;
            return field?.Value.Element is { } element ? Of(element) : default;
        }

        private FieldSchema? FieldOf(string key) => schema!.Find(key)
            ?? (schema.PreserveUnknownFields ? null : throw new PatchException(
                $"unable to find api field in struct {schema.Name} for the json field {GoText.Quote(key)}", PatchFailure.Internal));
    }
}
