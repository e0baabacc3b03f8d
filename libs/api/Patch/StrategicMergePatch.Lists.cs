using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

public static partial class StrategicMergePatch
{
    /// <summary>Merges the lists that come with a $setElementOrder, and takes both out of the patch.</summary>
    private static void MergeOrderedLists(JsonObject original, JsonObject patch, Shape shape)
    {
        foreach (var (directiveKey, directive) in patch.Where(p => p.Key.StartsWith(ElementOrderPrefix, StringComparison.Ordinal)).ToList())
        {
            patch.Remove(directiveKey);
            var order = ListOf(directive);
            var key = KeyAfter(directiveKey, ElementOrderPrefix, "invalid patch format of setElementOrder list");
            var current = original.TryGetPropertyValue(key, out var o) && o is not null ? ListOf(o) : null;
            var changes = patch.TryGetPropertyValue(key, out var p) ? ListOf(p) : null;
            var element = shape.List(key, out var merges, out var mergeKey);
            CheckOrder(changes, order, mergeKey);
            if (current is null && changes is null)
            {
                continue;
            }

            // Ordering looks at the list as it was, so merging works on a copy.
            var before = (JsonArray?)current?.DeepClone();
            patch.Remove(key);
            var merged = current is null ? (JsonArray)WithoutDirectives(changes!)!
                : changes is null ? current
                : merges ? MergeList(Detached(original, key, current), changes, element, mergeKey, false)
                : changes;
            original.Remove(key);
            original[key] = Ordered(merged, order, before ?? [], mergeKey);
        }
    }

    private static JsonArray Detached(JsonObject parent, string key, JsonArray list)
    {
        parent.Remove(key);
        return list;
    }

    /// <summary>Every item that the patch changes must stand in the order list, in the same relative order.</summary>
    private static void CheckOrder(JsonArray? changes, JsonArray order, string? mergeKey)
    {
        if (changes is null || changes.Count == 0 || order.Count == 0)
        {
            return;
        }

        var at = 0;
        foreach (var change in changes)
        {
            if (change is JsonObject map && map.ContainsKey(Directive))
            {
                continue;
            }

            while (at < order.Count && !SameItem(change, order[at], mergeKey, mustHaveKey: true))
            {
                at++;
            }

            if (at == order.Count)
            {
                throw new PatchException(
                    $"The order in patch list:\n{changes.ToJsonString()}\n doesn't match {ElementOrderPrefix} list:\n{order.ToJsonString()}\n", PatchFailure.Internal);
            }

            at++;
        }
    }

    private static JsonArray MergeList(JsonArray original, JsonArray patch, Shape element, string? mergeKey, bool isDeletion)
    {
        if (original.Count == 0 && patch.Count == 0)
        {
            return original;
        }

        if (!HoldsMaps(original, patch))
        {
            return MergeScalars(original, patch, isDeletion);
        }

        if (string.IsNullOrEmpty(mergeKey))
        {
            throw new PatchException($"cannot merge lists without merge key for {element.Name}", PatchFailure.Internal);
        }

        var changes = TakeDirectives(ref original, patch, mergeKey);
        var serverOrder = (JsonArray)original.DeepClone();
        var present = new ItemKeys(original, mergeKey);
        foreach (var change in changes)
        {
            if (!change.ContainsKey(mergeKey))
            {
                throw NoMergeKey(change, mergeKey);
            }

            var index = present.IndexOf(change);
            if (index < 0)
            {
                present.Add(change, original.Count);
                original.Add(change.DeepClone());
                continue;
            }

            var current = (JsonObject)original[index]!;
            original[index] = new JsonObject();
            original[index] = MergeMap(current, (JsonObject)change.DeepClone(), element);
        }

        return Ordered(original, new JsonArray([.. changes.Select(c => c.DeepClone())]), serverOrder, mergeKey);
    }

    private static JsonArray MergeScalars(JsonArray original, JsonArray patch, bool isDeletion)
    {
        var result = new JsonArray();
        if (isDeletion)
        {
            var gone = new ItemKeys(patch, null);
            foreach (var item in original.Where(i => gone.IndexOf(i) < 0))
            {
                result.Add(item?.DeepClone());
            }

            return result;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in original.Concat(patch).Where(i => seen.Add(ItemKeys.KeyOf(i, null)!)))
        {
            result.Add(item?.DeepClone());
        }

        return Ordered(result, patch, original, null);
    }

    /// <summary>Carries out the $patch elements of a list; returns the ordinary ones.</summary>
    private static List<JsonObject> TakeDirectives(ref JsonArray original, JsonArray patch, string mergeKey)
    {
        var ordinary = new List<JsonObject>();
        var deleted = new HashSet<string>(StringComparer.Ordinal);
        var replace = false;
        foreach (var item in patch)
        {
            var map = (JsonObject)item!;
            if (!map.ContainsKey(Directive))
            {
                ordinary.Add(map);
                continue;
            }

            switch (TextOf(map[Directive]))
            {
                case "delete":
                    deleted.Add(ItemKeys.KeyOf(map, mergeKey) ?? throw NoMergeKey(map, mergeKey));
                    break;
                case "replace":
                    replace = true;
                    break;
                case "merge":
                    throw new PatchException("merging lists cannot yet be specified in the patch", PatchFailure.Internal);
                default:
                    throw BadPatchType(map);
            }
        }

        if (!replace)
        {
            if (deleted.Count > 0)
            {
                original.RemoveAll(item => ItemKeys.KeyOf(item, mergeKey) is { } key && deleted.Contains(key));
            }

            return ordinary;
        }

        original = new JsonArray([.. ordinary.Select(o => o.DeepClone())]);
        return [];
    }

    /// <summary>
    /// Orders a merged list: items of the patch in the patch's order, items only the server knows in theirs,
    /// the two interleaved by the server's order where it knows both.
    /// </summary>
    private static JsonArray Ordered(JsonArray merged, JsonArray patchOrder, JsonArray serverOrder, string? mergeKey)
    {
        if (mergeKey is not null && merged.FirstOrDefault(m => m is not JsonObject map || !map.ContainsKey(mergeKey)) is { } bad)
        {
            throw NoMergeKey(bad, mergeKey);
        }

        var (inPatch, onServer) = (new ItemKeys(patchOrder, mergeKey), new ItemKeys(serverOrder, mergeKey));
        var fromPatch = new List<Placed>();
        var serverOnly = new List<Placed>();
        foreach (var item in merged)
        {
            var (patched, known) = (inPatch.IndexOf(item), onServer.IndexOf(item));
            (patched >= 0 ? fromPatch : serverOnly).Add(new Placed(item, patched, known));
        }

        fromPatch = [.. fromPatch.OrderBy(i => i.InPatch)];
        serverOnly = [.. serverOnly.OrderBy(i => i.OnServer)];
        var result = new JsonArray();
        int s = 0, p = 0;
        while (s < serverOnly.Count || p < fromPatch.Count)
        {
            var takeServer = p == fromPatch.Count || (s < serverOnly.Count && IsBefore(serverOnly[s], fromPatch[p]));
            result.Add((takeServer ? serverOnly[s++] : fromPatch[p++]).Item?.DeepClone());
        }

        return result;

        static bool IsBefore(Placed a, Placed b) => a.OnServer >= 0 && b.OnServer >= 0 && a.OnServer < b.OnServer;
    }

    /// <summary>An item and where it stands in the patch's order and in the server's; -1 where it does not.</summary>
    private readonly record struct Placed(JsonNode? Item, int InPatch, int OnServer);

    private static bool SameItem(JsonNode? a, JsonNode? b, string? mergeKey, bool mustHaveKey = false)
    {
        if (mergeKey is null)
        {
            return JsonNode.DeepEquals(a, b);
        }

        JsonNode? y = null;
        if (a is not JsonObject left || !left.TryGetPropertyValue(mergeKey, out var x))
        {
            throw NoMergeKey(a, mergeKey);
        }

        if (b is not JsonObject right || !right.TryGetPropertyValue(mergeKey, out y))
        {
            return mustHaveKey ? throw NoMergeKey(b, mergeKey) : false;
        }

        return JsonNode.DeepEquals(x, y);
    }

    private static PatchException NoMergeKey(JsonNode? item, string mergeKey) =>
        new($"map: {item?.ToJsonString() ?? "null"} does not contain declared merge key: {mergeKey}", PatchFailure.Internal);

    /// <summary>True for lists of maps, false for lists of scalars; a mixture or lists of lists are refused.</summary>
    private static bool HoldsMaps(JsonArray original, JsonArray patch)
    {
        bool? maps = null;
        foreach (var item in original.Concat(patch))
        {
            if (item is JsonArray)
            {
                throw new PatchException("lists of lists are not supported", PatchFailure.Unprocessable);
            }

            var isMap = item is JsonObject;
            if (maps is { } m && m != isMap)
            {
                throw new PatchException("list element types are not identical", PatchFailure.Internal);
            }

            maps = isMap;
        }

        return maps ?? false;
    }

    private static JsonArray ListOf(JsonNode? node) => node as JsonArray
        ?? throw new PatchException($"expected a []interface {{}}, but received a {JsonTree.NameOf(node)}", PatchFailure.Internal);
}
