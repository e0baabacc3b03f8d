using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

/// <summary>Field sets of objects: what an object says, what changed between two, and removal by a set.</summary>
internal static class AppliedFields
{
    /// <summary>The places that an object sets.</summary>
    internal static FieldSet Of(JsonNode? node, ApplyShape shape)
    {
        switch (node)
        {
            case JsonObject map when shape.IsGranularMap:
                return FieldSet.Of(false, map.Select(p =>
                {
                    var below = Of(p.Value, shape.Member(p.Key));
                    var isMember = p.Value is null or JsonObject { Count: 0 } || shape.HasFreeKeys;
                    return KeyValuePair.Create("f:" + p.Key, isMember ? FieldSet.Leaf.Union(below) : below);
                }));
            case JsonArray list when shape.IsGranularList:
                var item = shape.Item;
                return FieldSet.Of(false, shape.Items(list).Select(i => KeyValuePair.Create(i.Element, FieldSet.Leaf.Union(Of(i.Item, item)))));
            default:
                return FieldSet.Leaf;
        }
    }

    /// <summary>Refuses a configuration that states the same item of a list twice.</summary>
    /// <exception cref="PatchException">It does.</exception>
    internal static void CheckUnique(JsonNode? node, ApplyShape shape, string path)
    {
        if (node is JsonObject map && shape.IsGranularMap)
        {
            foreach (var (name, value) in map)
            {
                CheckUnique(value, shape.Member(name), path + "." + name);
            }
        }
        else if (node is JsonArray list && shape.IsGranularList)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var item in list)
            {
                var element = shape.ElementOf(item);
                if (!seen.Add(element))
                {
                    throw new PatchException($"{path}: duplicate entries for key {FieldSet.Show(element)}", PatchFailure.Internal);
                }

                CheckUnique(item, shape.Item, path + FieldSet.Show(element));
            }
        }
    }

    /// <summary>
    /// The places that the second object has and the first has not. Maps and lists that are new are places of their own
    /// beside what is in them; one that was null is not new.
    /// </summary>
    internal static FieldSet Added(JsonNode? from, JsonNode? to, ApplyShape shape)
    {
        switch (to)
        {
            case JsonObject map when shape.IsGranularMap:
                var a = from as JsonObject;
                return FieldSet.Of(false, map.Select(p => KeyValuePair.Create("f:" + p.Key,
                    Added(a?.ContainsKey(p.Key) == true, a?[p.Key], p.Value, shape.Member(p.Key)))));
            case JsonArray list when shape.IsGranularList:
                var before = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
                foreach (var (element, value) in from is JsonArray old ? shape.Items(old) : [])
                {
                    before.TryAdd(element, value);
                }

                var item = shape.Item;
                return FieldSet.Of(false, shape.Items(list).Select(i => KeyValuePair.Create(i.Element,
                    Added(before.ContainsKey(i.Element), before.GetValueOrDefault(i.Element), i.Item, item))));
            default:
                return FieldSet.Empty;
        }
    }

    private static FieldSet Added(bool wasThere, JsonNode? from, JsonNode? to, ApplyShape shape) =>
        wasThere ? Added(from, to, shape) : FieldSet.Leaf.Union(Added(null, to, shape));

    /// <summary>The places in both objects whose values differ.</summary>
    internal static FieldSet Modified(JsonNode? from, JsonNode? to, ApplyShape shape)
    {
        if (from is JsonObject a && to is JsonObject b && shape.IsGranularMap)
        {
            return FieldSet.Of(false, b.Where(p => a.ContainsKey(p.Key)).Select(p => KeyValuePair.Create("f:" + p.Key, Modified(a[p.Key], p.Value, shape.Member(p.Key)))));
        }

        if (from is JsonArray x && to is JsonArray y && shape.IsGranularList)
        {
            var before = shape.Items(x).ToDictionary(i => i.Element, i => i.Item, StringComparer.Ordinal);
            var item = shape.Item;
            return FieldSet.Of(false, shape.Items(y).Where(i => before.ContainsKey(i.Element)).Select(i => KeyValuePair.Create(i.Element, Modified(before[i.Element], i.Item, item))));
        }

        if ((from is null && IsContainer(to, shape)) || (to is null && IsContainer(from, shape)))
        {
            // What differs is what is in it.
            return FieldSet.Empty;
        }

        return JsonNode.DeepEquals(from, to) ? FieldSet.Empty : FieldSet.Leaf;
    }

    private static bool IsContainer(JsonNode? node, ApplyShape shape) =>
        (node is JsonObject && shape.IsGranularMap) || (node is JsonArray && shape.IsGranularList);

    /// <summary>Live with the applied configuration merged in.</summary>
    internal static JsonNode? Merge(JsonNode? live, JsonNode? applied, ApplyShape shape)
    {
        if (live is JsonObject a && applied is JsonObject b && shape.IsGranularMap)
        {
            var result = new JsonObject();
            foreach (var (name, value) in a)
            {
                result[name] = b.TryGetPropertyValue(name, out var change) ? Merge(value, change, shape.Member(name)) : value?.DeepClone();
            }

            foreach (var (name, value) in b.Where(p => !a.ContainsKey(p.Key)))
            {
                result[name] = value?.DeepClone();
            }

            return result;
        }

        return live is JsonArray x && applied is JsonArray y && shape.IsGranularList ? MergeLists(x, y, shape) : applied?.DeepClone();
    }

    /// <summary>Items of the configuration in its order; items only live knows stay before what follows them there.</summary>
    private static JsonArray MergeLists(JsonArray live, JsonArray applied, ApplyShape shape)
    {
        var (left, right) = (shape.Items(live), shape.Items(applied));
        var wanted = right.Select(r => r.Element).ToHashSet(StringComparer.Ordinal);
        var existing = left.ToDictionary(l => l.Element, l => l.Item, StringComparer.Ordinal);
        var emitted = new HashSet<string>(StringComparer.Ordinal);
        var result = new JsonArray();
        var (i, j) = (0, 0);
        while (i < left.Count || j < right.Count)
        {
            if (i < left.Count && (!wanted.Contains(left[i].Element) || emitted.Contains(left[i].Element)))
            {
                if (!wanted.Contains(left[i].Element))
                {
                    result.Add(left[i].Item?.DeepClone());
                }

                i++;
                continue;
            }

            var (element, item) = right[j++];
            emitted.Add(element);
            result.Add(existing.TryGetValue(element, out var before) ? Merge(before, item, shape.Item) : item?.DeepClone());
        }

        return result;
    }

    /// <summary>Takes places out of an object, in place; an item or member goes whole unless something below it is kept.</summary>
    internal static void Remove(JsonNode? node, FieldSet gone, FieldSet kept, ApplyShape shape)
    {
        switch (node)
        {
            case JsonObject map when shape.IsGranularMap:
                var names = new List<string>();
                foreach (var (name, value) in map)
                {
                    if (gone.Find("f:" + name) is { } below)
                    {
                        var keep = kept.Find("f:" + name);
                        if (below.IsMember && keep is null)
                        {
                            names.Add(name);
                        }
                        else
                        {
                            Remove(value, below, keep ?? FieldSet.Empty, shape.Member(name));
                        }
                    }
                }

                JsonEdit.Remove(map, names);
                break;
            case JsonArray list when shape.IsGranularList:
                var items = new HashSet<JsonNode?>(ReferenceEqualityComparer.Instance);
                foreach (var (element, item) in shape.Items(list))
                {
                    if (gone.Find(element) is { } below)
                    {
                        var keep = kept.Find(element);
                        if (below.IsMember && keep is null)
                        {
                            items.Add(item);
                        }
                        else
                        {
                            Remove(item, below, keep ?? FieldSet.Empty, shape.Item);
                        }
                    }
                }

                list.RemoveAll(items.Contains);
                break;
        }
    }
}
