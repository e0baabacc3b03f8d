using Kube.Api.Schema;
using Kube.ApiServer.Registry.Services;
using Kube.ApiServer.Registry.Strategies;
using Kube.ApiServer.Storage;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry;

/// <summary>The strategies of the built-in resources. What is not named here is a plain resource.</summary>
internal sealed class ResourceCatalog(
    IObjectStorage storage, AddressRange serviceRange, IdentifierSource identifiers, TimeSpan eventTimeToLive, SubresourceCatalog subresources, TimeProvider time)
{
    private static readonly SelectableField[] EventFields =
    [
        new("involvedObject.kind"),
        new("involvedObject.namespace"),
        new("involvedObject.name"),
        new("involvedObject.uid"),
        new("involvedObject.apiVersion"),
        new("involvedObject.resourceVersion"),
        new("involvedObject.fieldPath"),
        new("reason"),
        new("reportingComponent"),
        new("source", "source.component"),
        new("type"),
    ];

    /// <summary>The definitions of all kinds that the store keeps.</summary>
    public IEnumerable<ResourceDefinition> Build(IEnumerable<KindInfo> kinds)
    {
        var eventStrategy = new ConfiguredStrategy(createOnUpdate: true, timeToLive: eventTimeToLive, fields: EventFields);
        var autoscalers = new ConfiguredStrategy();
        foreach (var kind in kinds.Where(k => k.Verbs.Contains("get") && k.Verbs.Contains("create")))
        {
            var (strategy, converter) = (kind.Group, kind.Version, kind.Plural) switch
            {
                ("", _, "events") => ((ResourceStrategy)eventStrategy, (IVersionConverter?)null),
                ("events.k8s.io", _, "events") => (eventStrategy, new EventConverter()),
                ("autoscaling", "v2", "horizontalpodautoscalers") => (autoscalers, null),
                ("autoscaling", "v1", "horizontalpodautoscalers") => (autoscalers, new AutoscalerConverter()),
                _ => (StrategyOf(kind), null),
            };
            yield return new ResourceDefinition(kind, strategy, converter, subresources: subresources.Of(kind, strategy));
        }
    }

    private ResourceStrategy StrategyOf(KindInfo kind) => (kind.Group, kind.Plural) switch
    {
        ("", "pods") => new PodStrategy(),
        ("", "nodes") => new NodeStrategy(),
        ("", "namespaces") => new NamespaceStrategy(),
        ("", "secrets") => new SecretStrategy(),
        ("", "services") => new ServiceStrategy(new ClaimTable(storage, "serviceips"), new ClaimTable(storage, "servicenodeports"), serviceRange, identifiers),
        ("", "endpoints") => new ConfiguredStrategy(createOnUpdate: true),
        ("", "limitranges") => new ConfiguredStrategy(createOnUpdate: true),
        ("", "serviceaccounts") => new ConfiguredStrategy(returnsDeletedObject: true),
        ("", "resourcequotas") => new ConfiguredStrategy(returnsDeletedObject: true),
        ("", "podtemplates") => new ConfiguredStrategy(generation: true, createOnUpdate: true, returnsDeletedObject: true),
        ("", "persistentvolumeclaims") => new ClaimStrategy(),
        ("", "persistentvolumes") => new VolumeStrategy(time),
        ("", "replicationcontrollers") => new ConfiguredStrategy(generation: true, fields: new SelectableField("status.replicas", "status.replicas", "0")),
        ("apps", "replicasets") => new ConfiguredStrategy(generation: true, fields: new SelectableField("status.replicas", "status.replicas", "0")),
        ("apps", "deployments" or "daemonsets" or "statefulsets") => new ConfiguredStrategy(generation: true),
        ("batch", "jobs") => new JobStrategy(),
        ("batch", "cronjobs") => new ConfiguredStrategy(generation: true),
        ("policy", "poddisruptionbudgets") => new ConfiguredStrategy(generation: true, unconditionalUpdate: false),
        ("coordination.k8s.io", "leases") => new ConfiguredStrategy(createOnUpdate: true, unconditionalUpdate: false),
        ("discovery.k8s.io", "endpointslices") => new ConfiguredStrategy(generation: true),
        ("networking.k8s.io", "ingresses" or "networkpolicies" or "ingressclasses") => new ConfiguredStrategy(generation: true),
        ("certificates.k8s.io", "certificatesigningrequests") => new SigningRequestStrategy(time),
        ("rbac.authorization.k8s.io", _) => new ConfiguredStrategy(createOnUpdate: true),
        ("flowcontrol.apiserver.k8s.io", _) => new ConfiguredStrategy(generation: true),
        ("admissionregistration.k8s.io", _) => new ConfiguredStrategy(generation: true),
        ("apiextensions.k8s.io", _) => new ConfiguredStrategy(generation: true, unconditionalUpdate: false),
        _ => new ConfiguredStrategy(),
    };
}
