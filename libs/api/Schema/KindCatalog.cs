using System.Collections.Frozen;
using System.Reflection;

namespace Kube.Api.Schema;

/// <summary>
/// The kinds of an assembly, found by their <see cref="KindAttribute"/>. Immutable; a kind's fields are read
/// only when first asked for.
/// </summary>
public sealed class KindCatalog
{
    private static readonly Lazy<KindCatalog> Instance = new(() => new KindCatalog(typeof(KindCatalog).Assembly.GetTypes()));

    /// <summary>
    /// Kinds without a resource of their own that requests and answers carry; decoders find them under every
    /// group and version, as Kubernetes registers them.
    /// </summary>
    private static readonly FrozenSet<string> MetaKinds = new[]
    {
        "Status", "DeleteOptions", "CreateOptions", "UpdateOptions", "PatchOptions", "GetOptions", "ListOptions",
        "APIGroup", "APIGroupList", "APIResourceList", "APIVersions", "WatchEvent",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly FrozenDictionary<(string Group, string Version, string Plural), KindInfo> _byResource;
    private readonly FrozenDictionary<(string Group, string Version, string Kind), KindInfo> _byKind;
    private readonly FrozenDictionary<string, Type> _metaTypes;
    private readonly FrozenDictionary<(string ApiVersion, string Kind), ObjectSchema> _plainKinds;

    /// <summary>The catalog of the given types.</summary>
    public KindCatalog(IEnumerable<Type> types)
    {
        var kinds = new List<KindInfo>();
        var meta = new Dictionary<string, Type>(StringComparer.Ordinal);
        var plain = new Dictionary<(string, string), ObjectSchema>();
        foreach (var type in types)
        {
            if (type.GetCustomAttribute<KindAttribute>(false) is { } attribute)
            {
                var info = new KindInfo(type, attribute, ListMeta);
                if (info.Plural.Length > 0)
                {
                    kinds.Add(info);
                }
                else
                {
                    plain[(info.ApiVersion, info.Kind)] = info.Schema;
                }
            }

            if (MetaKinds.Contains(type.Name) || type.Name == "ListMeta")
            {
                meta.TryAdd(type.Name, type);
            }
        }

        kinds.Sort(static (a, b) => string.CompareOrdinal(a.Group + "/" + a.Version + "/" + a.Plural, b.Group + "/" + b.Version + "/" + b.Plural));
        Kinds = kinds;
        _byResource = kinds.ToFrozenDictionary(k => (k.Group, k.Version, k.Plural));
        _byKind = kinds.ToFrozenDictionary(k => (k.Group, k.Version, k.Kind));
        _metaTypes = meta.ToFrozenDictionary(StringComparer.Ordinal);
        _plainKinds = plain.ToFrozenDictionary();
    }

    /// <summary>The built-in kinds.</summary>
    public static KindCatalog Default => Instance.Value;

    /// <summary>All kinds that are resources, by group, version and plural name.</summary>
    public IReadOnlyList<KindInfo> Kinds { get; }

    public KindInfo? FindResource(string group, string version, string plural) =>
        _byResource.GetValueOrDefault((group, version, plural));

    public KindInfo? FindKind(string group, string version, string kind) =>
        _byKind.GetValueOrDefault((group, version, kind));

    /// <summary>
    /// The schema of any kind that may stand in a body: resources, their lists, kinds of subresources, and
    /// those of meta/v1 under any known group and version. Null when unknown.
    /// </summary>
    public ObjectSchema? FindSchema(string apiVersion, string kind)
    {
        var gvk = GroupVersionKind.Parse(apiVersion, kind);
        if (FindKind(gvk.Group, gvk.Version, kind) is { } info)
        {
            return info.Schema;
        }

        if (_plainKinds.TryGetValue((apiVersion, kind), out var plain))
        {
            return plain;
        }

        if (kind.EndsWith("List", StringComparison.Ordinal) && FindKind(gvk.Group, gvk.Version, kind[..^4]) is { } item)
        {
            return item.ListSchema;
        }

        return _metaTypes.TryGetValue(kind, out var type) && kind != "ListMeta" ? ObjectSchema.For(type) : null;
    }

    private ObjectSchema ListMeta() => _metaTypes.TryGetValue("ListMeta", out var type) ? ObjectSchema.For(type) : BuiltInListMeta;

    private static readonly ObjectSchema BuiltInListMeta = new("ListMeta", "meta.v1", () =>
    [
        new FieldSchema { Name = "selfLink", Number = 1, Value = ValueSchema.Scalar(ValueKind.String) },
        new FieldSchema { Name = "resourceVersion", Number = 2, Value = ValueSchema.Scalar(ValueKind.String) },
        new FieldSchema { Name = "continue", Number = 3, Value = ValueSchema.Scalar(ValueKind.String) },
        new FieldSchema { Name = "remainingItemCount", Number = 4, Pointer = true, Value = ValueSchema.Scalar(ValueKind.Int64) },
    ]);
}
