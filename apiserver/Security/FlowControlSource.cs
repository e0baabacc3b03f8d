using Kube.Api.FlowControl.V1;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.ApiServer.FlowControl;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Security;

/// <summary>
/// The flow schemas and priority levels of this moment, made anew from the caches when one has changed. Thread-safe.
/// </summary>
internal sealed class FlowControlSource(ResourceRegistry registry)
{
    internal const string Group = "flowcontrol.apiserver.k8s.io";

    private readonly Lock _lock = new();
    private readonly ResourceStore _schemas = registry.Get(Group, "v1", "flowschemas");
    private readonly ResourceStore _levels = registry.Get(Group, "v1", "prioritylevelconfigurations");
    private Built _built = new(null, null, FlowConfiguration.Mandatory);

    /// <summary>The configuration; the mandatory one until the caches are filled.</summary>
    public FlowConfiguration Current
    {
        get
        {
            var built = Volatile.Read(ref _built);
            return IsCurrent(built) ? built.Configuration : Rebuild();
        }
    }

    private bool IsCurrent(Built built) =>
        ReferenceEquals(built.Schemas, _schemas.Cache.Snapshot?.Objects) && ReferenceEquals(built.Levels, _levels.Cache.Snapshot?.Objects);

    private FlowConfiguration Rebuild()
    {
        lock (_lock)
        {
            if (IsCurrent(_built))
            {
                return _built.Configuration;
            }

            var (schemas, levels) = (_schemas.Cache.Snapshot?.Objects, _levels.Cache.Snapshot?.Objects);
            var configuration = FlowConfiguration.Create(Read<FlowSchema>(schemas), Read<PriorityLevelConfiguration>(levels));
            Volatile.Write(ref _built, new Built(schemas, levels, configuration));
            return configuration;
        }
    }

    private static IEnumerable<T> Read<T>(ObjectTree? objects)
        where T : class, IKubeObject =>
        objects?.Range("").Select(cached => KubeJson.Deserialize<T>(cached.Json)) ?? [];

    private sealed record Built(ObjectTree? Schemas, ObjectTree? Levels, FlowConfiguration Configuration);
}
