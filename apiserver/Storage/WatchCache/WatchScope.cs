namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// The one aspect by which a watch is found when something changes: a key, a namespace, the value of a selectable
/// field, or nothing. Wider than what the watch selects, never narrower: an object outside of the scope is of no
/// concern to the watch.
/// </summary>
internal readonly record struct WatchScope
{
    private const int KeyAspect = 1;
    private const int NamespaceAspect = 2;
    private const int FirstField = 3;

    private WatchScope(int aspect, string? value)
    {
        Aspect = aspect;
        Value = value;
    }

    /// <summary>All objects of the resource.</summary>
    public static WatchScope Everything => default;

    /// <summary>What is looked at, from 1 on; 0 for everything.</summary>
    public int Aspect { get; }

    /// <summary>What the aspect must be; null for everything.</summary>
    public string? Value { get; }

    /// <summary>The object with a key.</summary>
    public static WatchScope OfKey(string key) => new(KeyAspect, key);

    /// <summary>The objects of a namespace.</summary>
    public static WatchScope OfNamespace(string ns) => new(NamespaceAspect, ns);

    /// <summary>The objects of which a selectable field, named by its place among them, has a value.</summary>
    public static WatchScope OfField(int index, string value) => new(FirstField + index, value);

    /// <summary>Number of aspects, everything counted, of a resource with so many selectable fields.</summary>
    public static int AspectCount(int fields) => FirstField + fields;

    /// <summary>The scope of an aspect that an object is in; null when it is in none.</summary>
    public static WatchScope? Of(CachedObject obj, int aspect) => ValueOf(obj, aspect) is { } value ? new WatchScope(aspect, value) : null;

    public bool Holds(CachedObject obj) => Aspect == 0 || ValueOf(obj, Aspect) == Value;

    /// <summary>True when the change is about an object that is in the scope or was before.</summary>
    public bool Holds(CacheEvent change) => (change.Current is { } now && Holds(now)) || (change.Previous is { } before && Holds(before));

    private static string? ValueOf(CachedObject obj, int aspect) => aspect switch
    {
        KeyAspect => obj.Key,
        NamespaceAspect => obj.Key.IndexOf('/') is >= 0 and var end ? obj.Key[..end] : null,
        _ => obj.Fields[aspect - FirstField],
    };
}
