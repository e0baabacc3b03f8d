using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

/// <summary>
/// A set of places in an object, as managedFields keeps it (FieldsV1). Elements of a path are written as there:
/// f:name, k:{"name":"c"}, v:"x". A node may be a member itself, have members below it, or both. Immutable.
/// </summary>
internal sealed class FieldSet
{
    internal static readonly FieldSet Empty = new(false, new SortedDictionary<string, FieldSet>(StringComparer.Ordinal));
    internal static readonly FieldSet Leaf = new(true, new SortedDictionary<string, FieldSet>(StringComparer.Ordinal));

    private FieldSet(bool isMember, SortedDictionary<string, FieldSet> children)
    {
        IsMember = isMember;
        Children = children;
    }

    /// <summary>True when the place itself is in the set.</summary>
    internal bool IsMember { get; }

    internal SortedDictionary<string, FieldSet> Children { get; }

    internal bool IsEmpty => !IsMember && Children.Count == 0;

    internal static FieldSet Of(bool isMember, IEnumerable<KeyValuePair<string, FieldSet>> children)
    {
        var kept = new SortedDictionary<string, FieldSet>(StringComparer.Ordinal);
        foreach (var (element, below) in children)
        {
            if (!below.IsEmpty)
            {
                kept[element] = below;
            }
        }

        return kept.Count == 0 ? isMember ? Leaf : Empty : new FieldSet(isMember, kept);
    }

    internal FieldSet? Find(string element) => Children.GetValueOrDefault(element);

    internal FieldSet Union(FieldSet other) => Of(
        IsMember || other.IsMember,
        Children.Keys.Union(other.Children.Keys, StringComparer.Ordinal).Select(e => KeyValuePair.Create(e, (Find(e), other.Find(e)) switch
        {
            ({ } a, { } b) => a.Union(b),
            ({ } a, null) => a,
            (_, var b) => b!,
        })));

    /// <summary>The members that the other set doesn't have.</summary>
    internal FieldSet Difference(FieldSet other) => Of(
        IsMember && !other.IsMember,
        Children.Select(c => KeyValuePair.Create(c.Key, other.Find(c.Key) is { } o ? c.Value.Difference(o) : c.Value)));

    internal FieldSet Intersection(FieldSet other) => Of(
        IsMember && other.IsMember,
        Children.Select(c => KeyValuePair.Create(c.Key, other.Find(c.Key) is { } o ? c.Value.Intersection(o) : Empty)));

    /// <summary>The set without a place and all below it.</summary>
    internal FieldSet Without(params ReadOnlySpan<string> path)
    {
        if (path.Length == 0)
        {
            return Empty;
        }

        var first = path[0];
        if (Find(first) is not { } below)
        {
            return this;
        }

        var rest = below.Without(path[1..]);
        return Of(IsMember, Children.Where(c => c.Key != first).Append(KeyValuePair.Create(first, rest)));
    }

    internal bool SameAs(FieldSet other) =>
        IsMember == other.IsMember && Children.Count == other.Children.Count
        && Children.All(c => other.Find(c.Key) is { } o && c.Value.SameAs(o));

    /// <summary>The members, as paths that messages show: .spec.containers[name="c"].image.</summary>
    internal IEnumerable<string> Paths(string above = "")
    {
        if (IsMember)
        {
            yield return above;
        }

        foreach (var (element, below) in Children)
        {
            foreach (var path in below.Paths(above + Show(element)))
            {
                yield return path;
            }
        }
    }

    /// <summary>An element as messages show it: .spec, [name="c"], [="x"].</summary>
    internal static string Show(string element)
    {
        switch (element[0])
        {
            case 'f':
                return "." + element[2..];
            case 'k':
                var keys = KeysOf(element);
                return "[" + string.Join(",", keys.Select(k => k.Key + "=" + k.Value!.ToJsonString())) + "]";
            case 'v':
                return "[=" + element[2..] + "]";
            default:
                return "[" + element[2..] + "]";
        }
    }

    internal JsonObject ToFieldsV1()
    {
        var result = new JsonObject();
        if (IsMember && Children.Count > 0)
        {
            result["."] = new JsonObject();
        }

        foreach (var (element, below) in Children)
        {
            result[element] = below.ToFieldsV1();
        }

        return result;
    }

    /// <summary>Reads FieldsV1; elements that are malformed are refused.</summary>
    /// <exception cref="PatchException">Not FieldsV1.</exception>
    internal static FieldSet FromFieldsV1(JsonObject? fields) => FromFieldsV1(fields, isRoot: true);

    private static FieldSet FromFieldsV1(JsonObject? fields, bool isRoot)
    {
        if (fields is null || fields.Count == 0)
        {
            return isRoot ? Empty : Leaf;
        }

        var children = new Dictionary<string, FieldSet>(StringComparer.Ordinal);
        var isMember = false;
        foreach (var (element, below) in fields)
        {
            if (element == ".")
            {
                isMember = true;
                continue;
            }

            if (element.Length < 2 || element[1] != ':' || element[0] is not ('f' or 'k' or 'v' or 'i') || !IsWellFormed(element))
            {
                throw new PatchException($"missing or unknown path element in managedFields: {element}", PatchFailure.BadRequest);
            }

            children[element] = FromFieldsV1(below as JsonObject, isRoot: false);
        }

        return Of(isMember, children);
    }

    private static JsonObject KeysOf(string element) => JsonTree.ParseObject(System.Text.Encoding.UTF8.GetBytes(element[2..]));

    private static bool IsWellFormed(string element)
    {
        if (element[0] != 'k')
        {
            return true;
        }

        try
        {
            return KeysOf(element).All(k => k.Value is JsonValue);
        }
        catch (DecodeException)
        {
            // Said by the caller, with the element.
            return false;
        }
    }
}
