using Kube.Api.Selectors;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Endpoints;

/// <summary>
/// Which objects of a resource a request is about: a namespace, a name, labels and fields, matched against the indexed
/// fields of cached objects alone. Immutable and thread-safe.
/// </summary>
internal sealed class Selection
{
    private readonly LabelSelector? _labels;
    private readonly (int Index, bool IsEqual, string Value)[] _fields;

    private Selection(string prefix, string? key, LabelSelector? labels, (int Index, bool IsEqual, string Value)[] fields)
    {
        Prefix = prefix;
        Key = key;
        _labels = labels;
        _fields = fields;
        Scope = ScopeOf(prefix, key, fields);
    }

    /// <summary>Keys of the objects begin with it: "" or "namespace/".</summary>
    public string Prefix { get; }

    /// <summary>The only key that can match, when a name is given.</summary>
    public string? Key { get; }

    /// <summary>True when labels or fields narrow the selection.</summary>
    public bool IsNarrowed => _labels is not null || _fields.Length > 0;

    /// <summary>Which changes can concern a watch of the selection.</summary>
    public WatchScope Scope { get; }

    public static Selection Parse(ApiRequest request, ResourceDefinition resource)
    {
        var labels = LabelSelector.Parse(request.Query("labelSelector"));
        var fields = FieldSelector.Parse(request.Query("fieldSelector"));
        var wanted = new List<(int, bool, string)>();
        var name = request.Info.Name;
        foreach (var requirement in fields.Requirements)
        {
            var field = resource.Converter?.FieldToStored(requirement.Field) ?? requirement.Field;
            var index = IndexOf(resource.SelectableFields, field);
            if (index < 0)
            {
                throw ApiErrors.BadRequest($"field label not supported: {requirement.Field}");
            }

            wanted.Add((index, requirement.IsEqual, requirement.Value));
            if (field == "metadata.name" && requirement.IsEqual && name.Length == 0)
            {
                name = requirement.Value;
            }
        }

        var ns = resource.Info.Namespaced ? request.Info.Namespace : "";
        var prefix = ns.Length > 0 ? ns + "/" : "";
        var key = name.Length == 0 || (resource.Info.Namespaced && ns.Length == 0) ? null : resource.KeyOf(ns, name);
        return new Selection(prefix, key, labels.IsEverything ? null : labels, [.. wanted]);
    }

    public bool Matches(CachedObject obj)
    {
        if (Key is not null ? obj.Key != Key : !obj.Key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var (index, isEqual, value) in _fields)
        {
            if (string.Equals(obj.Fields[index], value, StringComparison.Ordinal) != isEqual)
            {
                return false;
            }
        }

        return _labels is null || _labels.Matches(obj.Labels);
    }

    /// <summary>The matching objects of a state, from a key on.</summary>
    public IEnumerable<CachedObject> Of(ObjectTree objects, string? startKey = null)
    {
        if (Key is not null)
        {
            return objects.Find(Key) is { } single && Matches(single) && (startKey is null || string.CompareOrdinal(Key, startKey) >= 0) ? [single] : [];
        }

        return IsNarrowed ? objects.Range(Prefix, startKey).Where(Matches) : objects.Range(Prefix, startKey);
    }

    /// <summary>The narrowest there is: an object, what shares a field, a namespace. Of several fields the first declared tells objects apart best.</summary>
    private static WatchScope ScopeOf(string prefix, string? key, IEnumerable<(int Index, bool IsEqual, string Value)> fields)
    {
        if (key is not null)
        {
            return WatchScope.OfKey(key);
        }

        var narrowest = fields.Where(static field => field.IsEqual)
            .OrderBy(static field => field.Index)
            .Select(static field => (WatchScope?)WatchScope.OfField(field.Index, field.Value))
            .FirstOrDefault();
        return narrowest ?? (prefix.Length > 0 ? WatchScope.OfNamespace(prefix[..^1]) : WatchScope.Everything);
    }

    private static int IndexOf(IReadOnlyList<SelectableField> fields, string name)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
