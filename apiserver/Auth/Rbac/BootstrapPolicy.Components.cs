using Kube.Api.Rbac.V1;

namespace Kube.ApiServer.Auth.Rbac;

/// <content>Roles for the components other than the controllers.</content>
public static partial class BootstrapPolicy
{
    private static IEnumerable<ClusterRole> ComponentRoles() =>
    [
        ClusterRole(
            "system:kube-scheduler",
            Events(),
            Rule("create", "coordination.k8s.io", "leases"),
            Named("get update", "coordination.k8s.io", "leases", "kube-scheduler"),
            Rule(Read, "core", "nodes"),
            Rule("delete get list watch", "core", "pods"),
            Rule("create", "core", "bindings pods/binding"),
            Rule("patch update", "core", "pods/status"),
            Rule(Read, "core", "replicationcontrollers services"),
            Rule(Read, "apps", "replicasets statefulsets"),
            Rule(Read, "policy", "poddisruptionbudgets"),
            Rule(Read, "core", "persistentvolumeclaims persistentvolumes namespaces"),
            Rule("create", "authentication.k8s.io", "tokenreviews"),
            Rule("create", "authorization.k8s.io", "subjectaccessreviews"),
            Rule(Read, "storage.k8s.io", "csidrivers csinodes csistoragecapacities volumeattachments")),
        ClusterRole(
            "system:volume-scheduler",
            Rule("get list patch update watch", "core", "persistentvolumes"),
            Rule(Read, "storage.k8s.io", "storageclasses"),
            Rule("get list patch update watch", "core", "persistentvolumeclaims")),
        ClusterRole(
            "system:kube-controller-manager",
            Events(),
            Rule("create", "coordination.k8s.io", "leases"),
            Named("get update", "coordination.k8s.io", "leases", "kube-controller-manager"),
            Rule("create", "core", "secrets serviceaccounts"),
            Rule("delete", "core", "secrets"),
            Rule("get", "core", "configmaps namespaces secrets serviceaccounts"),
            Rule("update", "core", "secrets serviceaccounts"),
            Rule("create", "authentication.k8s.io", "tokenreviews"),
            Rule("create", "authorization.k8s.io", "subjectaccessreviews"),
            Rule("list watch", "*", "*"),
            Rule("create", "core", "serviceaccounts/token")),
        ClusterRole(
            "system:node-proxier",
            Rule("list watch", "core", "endpoints services"),
            Rule(Read, "core", "nodes"),
            Events(),
            Rule("list watch", "discovery.k8s.io", "endpointslices")),
        ClusterRole(
            "system:auth-delegator",
            Rule("create", "authentication.k8s.io", "tokenreviews"),
            Rule("create", "authorization.k8s.io", "subjectaccessreviews")),
        ClusterRole(
            "system:kubelet-api-admin",
            Rule(Read, "core", "nodes"),
            Rule("proxy", "core", "nodes"),
            Rule("*", "core", "nodes/log nodes/metrics nodes/proxy nodes/stats")),
        ClusterRole("system:node", [.. NodeRules()]),
    ];

    /// <summary>
    /// What a node may do as far as kinds and verbs go; the Node authorizer narrows it to the objects of its own pods.
    /// </summary>
    public static IReadOnlyList<PolicyRule> NodeRules() =>
    [
        Rule("create", "authentication.k8s.io", "tokenreviews"),
        Rule("create", "authorization.k8s.io", "localsubjectaccessreviews subjectaccessreviews"),
        Rule(Read, "core", "services"),
        Rule("create get list watch", "core", "nodes"),
        Rule("patch update", "core", "nodes/status"),
        Rule("patch update", "core", "nodes"),
        Events(),
        Rule(Read, "core", "pods"),
        Rule("create delete", "core", "pods"),
        Rule("patch update", "core", "pods/status"),
        Rule("create", "core", "pods/eviction"),
        Rule("get list watch", "core", "configmaps secrets"),
        Rule("get", "core", "persistentvolumeclaims persistentvolumes"),
        Rule("get patch update", "core", "persistentvolumeclaims/status"),
        Rule("get", "core", "endpoints"),
        Rule("create get list watch", "certificates.k8s.io", "certificatesigningrequests"),
        Rule("create delete get patch update", "coordination.k8s.io", "leases"),
        Rule("get", "storage.k8s.io", "volumeattachments"),
        Rule("create", "core", "serviceaccounts/token"),
        Rule(Read, "storage.k8s.io", "csidrivers"),
        Rule("create delete get patch update", "storage.k8s.io", "csinodes"),
        Rule(Read, "node.k8s.io", "runtimeclasses"),
    ];
}
