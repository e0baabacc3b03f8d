using System.Collections.Immutable;
using Kube.Api.Schema;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Storage;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry;

/// <summary>
/// All resources that are served now. Resources come and go at run time (custom ones); readers see an immutable
/// snapshot. Thread-safe.
/// </summary>
public sealed class ResourceRegistry
{
    private readonly Lock _lock = new();
    private readonly IObjectStorage _storage;
    private readonly StoreFeed _feed;
    private readonly TimeProvider _time;
    private readonly IdentifierSource _identifiers;
    private ImmutableDictionary<(string Group, string Version, string Plural), ResourceStore> _stores =
        ImmutableDictionary<(string Group, string Version, string Plural), ResourceStore>.Empty;

    internal ResourceRegistry(IObjectStorage storage, StoreFeed feed, TimeProvider time, IdentifierSource identifiers)
    {
        _storage = storage;
        _feed = feed;
        _time = time;
        _identifiers = identifiers;
    }

    /// <summary>The plugins that every write passes. Set once, before the first request.</summary>
    public AdmissionChain Admission { get; set; } = AdmissionChain.Empty;

    /// <summary>The resources' stores, in no order.</summary>
    public IEnumerable<ResourceStore> Stores => Volatile.Read(ref _stores).Values;

    /// <summary>The store of a resource, or null when it is not served.</summary>
    public ResourceStore? Find(string group, string version, string plural) =>
        Volatile.Read(ref _stores).GetValueOrDefault((group, version, plural));

    /// <summary>The store of a resource that is always there.</summary>
    public ResourceStore Get(string group, string version, string plural) =>
        Find(group, version, plural) ?? throw new InvalidOperationException($"{plural} of {group}/{version} are not served");

    /// <summary>Starts to serve a resource.</summary>
    public ResourceStore Add(ResourceDefinition definition)
    {
        lock (_lock)
        {
            var cache = _feed.Register(definition.StoragePrefix, definition.SelectableFields);
            var store = new ResourceStore(definition, _storage, _feed, cache, () => Admission, _time, _identifiers);
            Volatile.Write(ref _stores, _stores.SetItem((definition.Info.Group, definition.Info.Version, definition.Info.Plural), store));
            return store;
        }
    }
}
