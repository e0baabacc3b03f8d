using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// One object at one revision as clients get it: encoded, its resourceVersion in place, beside the few fields that
/// lists and watches select by. Immutable.
/// </summary>
/// <param name="key">Key within the resource: "namespace/name" or "name".</param>
/// <param name="json">UTF-8 JSON, whole; not to be changed by anyone.</param>
internal sealed class CachedObject(string key, byte[] json, long revision, string? ns, string name, LabelSet labels, string?[] fields)
{
    public string Key { get; } = key;

    public byte[] Json { get; } = json;

    public long Revision { get; } = revision;

    /// <summary>Null for an object that has no namespace.</summary>
    public string? Namespace { get; } = ns;

    public string Name { get; } = name;

    public LabelSet Labels { get; } = labels;

    /// <summary>Values of the resource's selectable fields, in their order; null where the object lacks one.</summary>
    public string?[] Fields { get; } = fields;
}

/// <summary>Labels of an object: a flat array, since most objects have a handful. Immutable.</summary>
internal sealed class LabelSet(KeyValuePair<string, string>[] pairs) : IReadOnlyDictionary<string, string>
{
    public static readonly LabelSet Empty = new([]);

    public int Count => pairs.Length;

    public IEnumerable<string> Keys => pairs.Select(p => p.Key);

    public IEnumerable<string> Values => pairs.Select(p => p.Value);

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        foreach (var pair in pairs)
        {
            if (string.Equals(pair.Key, key, StringComparison.Ordinal))
            {
                value = pair.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
