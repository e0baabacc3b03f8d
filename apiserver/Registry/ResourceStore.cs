using System.Globalization;
using System.Text.Json.Nodes;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Storage;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry;

/// <summary>
/// The way of every object of one resource into and out of the store: prepared by its strategy, admitted, validated,
/// written under a condition, and answered with what was written. Thread-safe.
/// </summary>
public sealed partial class ResourceStore
{
    /// <summary>Attempts of a write that other writers keep overtaking.</summary>
    private const int MaxConflictRetries = 100;

    /// <summary>Names tried for generateName before the client is told that one is taken.</summary>
    private const int MaxNameAttempts = 8;

    private readonly IObjectStorage _storage;
    private readonly Func<AdmissionChain> _admissionChain;
    private readonly TimeProvider _time;
    private readonly IdentifierSource _identifiers;

    internal ResourceStore(
        ResourceDefinition definition,
        IObjectStorage storage,
        StoreFeed feed,
        ResourceCache cache,
        Func<AdmissionChain> admission,
        TimeProvider time,
        IdentifierSource identifiers)
    {
        Definition = definition;
        Feed = feed;
        Cache = cache;
        _storage = storage;
        _admissionChain = admission;
        _time = time;
        _identifiers = identifiers;
    }

    public ResourceDefinition Definition { get; }

    internal StoreFeed Feed { get; }

    internal ResourceCache Cache { get; }

    private AdmissionChain AdmissionPlugins => _admissionChain();

    private ResourceStrategy Strategy => Definition.Strategy;

    /// <summary>
    /// An object as the store has it now; null when there is none. A read that sees every write acknowledged before.
    /// </summary>
    public async Task<JsonObject?> FindAsync(string ns, string name, CancellationToken cancellationToken)
    {
        var snapshot = await Feed.ReadConsistentAsync(Cache, cancellationToken).ConfigureAwait(false);
        return snapshot.Objects.Find(Definition.KeyOf(ns, name)) is { } cached ? Served(cached) : null;
    }

    /// <summary>An object as the cache has it, perhaps a moment old; null when there is none or the cache is not filled yet.</summary>
    public JsonObject? FindCached(string ns, string name) =>
        Cache.Snapshot?.Objects.Find(Definition.KeyOf(ns, name)) is { } cached ? Served(cached) : null;

    /// <summary>Objects of a namespace, or all when it is empty, as the cache has them, perhaps a moment old.</summary>
    public IEnumerable<JsonObject> ListCached(string ns) =>
        Cache.Snapshot?.Objects.Range(ns.Length == 0 ? "" : ns + "/").Select(Served) ?? [];

    /// <summary>The state at an exact revision, read from the store's own history.</summary>
    /// <exception cref="StorageCompactedException">The store no longer has it.</exception>
    internal async Task<CacheSnapshot> ReadStoreAtAsync(long revision, CancellationToken cancellationToken)
    {
        const int pageSize = 5_000;
        var objects = new List<CachedObject>();
        var request = new StorageListRequest(Definition.StoragePrefix, null, pageSize, revision);
        while (true)
        {
            var page = await _storage.ListAsync(request, cancellationToken).ConfigureAwait(false);
            objects.AddRange(page.Objects.Select(o => Cache.Encoder.Encode(o.Key[Definition.StoragePrefix.Length..], o.Value.Span, o.ModRevision)));
            if (page.Remaining == 0)
            {
                return new CacheSnapshot(ObjectTree.FromSorted(objects), revision);
            }

            request = request with { StartKey = page.Objects[^1].Key + "\0" };
        }
    }

    /// <summary>An object of the cache in the served version.</summary>
    internal JsonObject Served(CachedObject cached)
    {
        var stored = ObjectJson.Decode(cached.Json);
        return Definition.Converter is { } converter ? converter.ToServed(stored) : stored;
    }

    private string StorageKey(string ns, string name) => Definition.StoragePrefix + Definition.KeyOf(ns, name);

    private byte[] EncodeForStorage(JsonObject served)
    {
        if (Definition.Converter is not { } converter)
        {
            return ObjectJson.EncodeForStorage(served);
        }

        return ObjectJson.EncodeForStorage(converter.ToStored((JsonObject)served.DeepClone()));
    }

    private JsonObject ServedFrom(StoredObject stored)
    {
        var obj = ObjectJson.Decode(stored.Value.Span);
        var served = Definition.Converter is { } converter ? converter.ToServed(obj) : obj;
        new ObjectAccessor(served).ResourceVersion = Format(stored.ModRevision);
        return served;
    }

    private void ApplyDefaults(JsonObject obj) =>
        ObjectRules.ApplyDefaults(obj, Definition.Info);

    private AdmissionRequest Admission(
        AdmissionOperation operation, WriteContext context, string ns, string name, JsonObject? obj, JsonObject? old) => new()
        {
            Operation = operation,
            Kind = Definition.Info.GroupVersionKind,
            Group = Definition.Info.Group,
            Version = Definition.Info.Version,
            Resource = Definition.Info.Plural,
            Subresource = context.Subresource,
            Namespace = ns,
            Name = name,
            User = context.User,
            DryRun = context.DryRun,
            Object = obj,
            OldObject = old,
            Options = context.Options,
            Warnings = context.Warnings,
            AuditAnnotations = context.AuditAnnotations,
        };

    private string Now() => ObjectAccessor.FormatTime(_time.GetUtcNow());

    private static string Format(long revision) => revision.ToString(CultureInfo.InvariantCulture);
}
