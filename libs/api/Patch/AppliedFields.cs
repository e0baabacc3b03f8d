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
                var members = new FieldSet.Builder(map.Count);
                foreach (var (name, value) in map)
                {
                    var member = shape.Member(name);
                    var below = Of(value, member);
                    members.Add(member.Element(name), value is null or JsonObject { Count: 0 } || shape.HasFreeKeys ? below.WithSelf() : below);
                }

                return members.Build(false);
            case JsonArray list when shape.IsGranularList:
                var items = new FieldSet.Builder(list.Count);
                foreach (var (element, item) in shape.Items(list))
                {
                    items.Add(element, Of(item, shape.Item).WithSelf());
                }

                return items.Build(false);
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
    internal static FieldSet Added(JsonNode? from, JsonNode? to, ApplyShape shape) => Differing(from, to, shape, Places.New);

    /// <summary>The places in both objects whose values differ.</summary>
    internal static FieldSet Modified(JsonNode? from, JsonNode? to, ApplyShape shape) => Differing(from, to, shape, Places.Common);

    /// <summary>The places that the second object has and the first has not or has otherwise.</summary>
    internal static FieldSet Changed(JsonNode? from, JsonNode? to, ApplyShape shape) => Differing(from, to, shape, Places.New | Places.Common);

    [Flags]
    private enum Places
    {
        New = 1,
        Common = 2,
    }

    private static FieldSet Differing(JsonNode? from, JsonNode? to, ApplyShape shape, Places places)
    {
        switch (to)
        {
            case JsonObject map when shape.IsGranularMap && (from is JsonObject || places.HasFlag(Places.New)):
                return OfMembers(from as JsonObject, map, shape, places, IsOther(from, shape, places));
            case JsonArray list when shape.IsGranularList && (from is JsonArray || places.HasFlag(Places.New)):
                return OfItems(from as JsonArray, list, shape, places, IsOther(from, shape, places));
            default:
                return places.HasFlag(Places.Common) && !IsContainerBesideNull(from, to, shape) && !JsonNode.DeepEquals(from, to) ? FieldSet.Leaf : FieldSet.Empty;
        }
    }

    /// <summary>True when a container has come in the place of something that is none, which is a change of the place itself.</summary>
    private static bool IsOther(JsonNode? from, ApplyShape shape, Places places) =>
        places.HasFlag(Places.Common) && from is not null && !IsContainer(from, shape);

    private static FieldSet OfMembers(JsonObject? from, JsonObject to, ApplyShape shape, Places places, bool isOther)
    {
        var members = new FieldSet.Builder(0);
        foreach (var (name, value) in to)
        {
            var member = shape.Member(name);
            JsonNode? before = null;
            var wasThere = from is not null && from.TryGetPropertyValue(name, out before);
            members.Add(member.Element(name), Differing(wasThere, before, value, member, places));
        }

        return members.Build(isOther);
    }

    private static FieldSet OfItems(JsonArray? from, JsonArray to, ApplyShape shape, Places places, bool isOther)
    {
        var before = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (element, value) in from is null ? [] : shape.Items(from))
        {
            before.TryAdd(element, value);
        }

        var items = new FieldSet.Builder(to.Count);
        var shapeOfItem = shape.Item;
        foreach (var (element, item) in shape.Items(to))
        {
            items.Add(element, Differing(before.TryGetValue(element, out var was), was, item, shapeOfItem, places));
        }

        return items.Build(isOther);
    }

    private static FieldSet Differing(bool wasThere, JsonNode? from, JsonNode? to, ApplyShape shape, Places places)
    {
        if (!wasThere)
        {
            return places.HasFlag(Places.New) ? Differing(null, to, shape, Places.New).WithSelf() : FieldSet.Empty;
        }

        // Most of an object stays as it was: that is told sooner than the path of each of its items.
        return to is JsonValue || !JsonNode.DeepEquals(from, to) ? Differing(from, to, shape, places) : FieldSet.Empty;
    }

    /// <summary>Where one is null and the other a container, what differs is what is in it.</summary>
    private static bool IsContainerBesideNull(JsonNode? from, JsonNode? to, ApplyShape shape) =>
        (from is null && IsContainer(to, shape)) || (to is null && IsContainer(from, shape));

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
