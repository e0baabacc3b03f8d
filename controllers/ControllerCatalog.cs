using Kube.Controllers.AdmissionPolicies;
using Kube.Controllers.Deployments;
using Kube.Controllers.GarbageCollection;
using Kube.Controllers.Namespaces;
using Kube.Controllers.Nodes;
using Kube.Controllers.PodCollection;
using Kube.Controllers.ReplicaSets;
using Kube.Controllers.ReplicationControllers;
using Kube.Controllers.ResourceQuotas;
using Kube.Controllers.ServiceAccounts;
using Kube.Controllers.ServiceEndpoints;
using Kube.Controllers.StorageProtection;

namespace Kube.Controllers;

/// <summary>Every controller there is, by the name that --controllers takes.</summary>
public static class ControllerCatalog
{
    private static readonly Entry[] _entries =
    [
        new("deployment-controller", "deployment", static (context, options) => new DeploymentController(context, options.ConcurrentDeploymentSyncs)),
        new("replicaset-controller", "replicaset", static (context, options) => new ReplicaSetController(context, options.ConcurrentReplicaSetSyncs)),
        new("replicationcontroller-controller", "replicationcontroller", static (context, options) => new ReplicationManager(context, options.ConcurrentReplicationControllerSyncs)),
        new("garbage-collector-controller", "garbagecollector", static (context, options) => options.EnableGarbageCollector ? new GarbageCollector(context, options.ConcurrentGarbageCollectorSyncs) : null),
        new("namespace-controller", "namespace", static (context, options) => new NamespaceController(context, options.ConcurrentNamespaceSyncs)),
        new("serviceaccount-controller", "serviceaccount", static (context, options) => new ServiceAccountController(context, options.ConcurrentServiceAccountSyncs)),
        new("root-ca-certificate-publisher-controller", "root-ca-cert-publisher", static (context, options) => options.RootCaFile.Length > 0 ? new RootCaPublisher(context, File.ReadAllText(options.RootCaFile)) : null),
        new("node-lifecycle-controller", "nodelifecycle", static (context, options) => new NodeLifecycleController(context, options)),
        new("taint-eviction-controller", "taint-eviction", static (context, _) => new TaintEvictionController(context)),
        new("pod-garbage-collector-controller", "podgc", static (context, options) => new PodGarbageCollector(context, options.TerminatedPodGcThreshold)),
        new("resourcequota-controller", "resourcequota", static (context, options) => new ResourceQuotaController(context, options.ConcurrentResourceQuotaSyncs, options.ResourceQuotaSyncPeriod)),
        new("persistentvolumeclaim-protection-controller", "pvc-protection", static (context, _) => new ClaimProtectionController(context)),
        new("persistentvolume-protection-controller", "pv-protection", static (context, _) => new VolumeProtectionController(context)),
        new("validatingadmissionpolicy-status-controller", "validatingadmissionpolicy-status", static (context, options) => new AdmissionPolicyStatusController(context, options.ConcurrentAdmissionPolicySyncs)),
        new("endpoints-controller", "endpoint", static (context, options) => new EndpointsController(context, options.ConcurrentEndpointSyncs)),
        new("endpointslice-controller", "endpointslice", static (context, options) => new EndpointSliceController(context, options.ConcurrentServiceEndpointSyncs)),
    ];

    /// <summary>The names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _entries.Select(static entry => entry.Name).Order(StringComparer.Ordinal)];

    /// <summary>Throws ArgumentException, with a line for people, for a name that is no controller's.</summary>
    public static void Validate(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (name != "*" && !Array.Exists(_entries, entry => entry.IsCalled(name.TrimStart('-'))))
            {
                throw new ArgumentException($"\"{name}\" is not in the list of known controllers");
            }
        }
    }

    /// <summary>Makes the controllers that the options ask for. Their handlers are set; nothing runs yet.</summary>
    public static IReadOnlyList<IController> Create(ControllerContext context, ControllersOptions options)
    {
        Validate(options.Controllers);
        return [.. _entries.Where(entry => IsEnabled(entry, options.Controllers)).Select(entry => entry.Create(context, options)).OfType<IController>()];
    }

    private static bool IsEnabled(Entry entry, IReadOnlyList<string> names)
    {
        if (names.Any(entry.IsCalled))
        {
            return true;
        }

        return names.Contains("*") && !names.Any(name => name.StartsWith('-') && entry.IsCalled(name[1..]));
    }

    /// <summary>A controller may turn out not to be wanted (null): its feature is off in the options.</summary>
    private sealed record Entry(string Name, string Alias, Func<ControllerContext, ControllersOptions, IController?> Create)
    {
        public bool IsCalled(string name) => name == Name || name == Alias;
    }
}
