using Kube.Api.Rbac.V1;

namespace Kube.ApiServer.Auth.Rbac;

/// <content>A role for each controller, so that each gets what it needs and no more.</content>
public static partial class BootstrapPolicy
{
    private static ClusterRole ForController(string name, params List<PolicyRule> rules) => ClusterRole("system:controller:" + name, rules);

    private static IEnumerable<ClusterRole> ControllerRoles() =>
    [
        ForController(
            "clusterrole-aggregation-controller",
            Rule("escalate get list patch update watch", "rbac.authorization.k8s.io", "clusterroles")),
        ForController(
            "cronjob-controller",
            Rule("get list update watch", "batch", "cronjobs"),
            Rule("create delete get list patch update watch", "batch", "jobs"),
            Rule("update", "batch", "cronjobs/status cronjobs/finalizers"),
            Rule("delete list", "core", "pods"),
            Events()),
        ForController(
            "daemon-set-controller",
            Rule(Read, "apps", "daemonsets"),
            Rule("update", "apps", "daemonsets/status daemonsets/finalizers"),
            Rule("list watch", "core", "nodes"),
            Rule("create delete list patch watch", "core", "pods"),
            Rule("create", "core", "pods/binding"),
            Rule("create delete get list patch update watch", "apps", "controllerrevisions"),
            Events()),
        ForController(
            "deployment-controller",
            Rule("get list update watch", "apps", "deployments"),
            Rule("update", "apps", "deployments/status deployments/finalizers"),
            Rule("create delete get list patch update watch", "apps", "replicasets"),
            Rule("get list update watch", "core", "pods"),
            Events()),
        ForController(
            "disruption-controller",
            Rule(Read, "apps", "deployments replicasets statefulsets"),
            Rule(Read, "core", "replicationcontrollers"),
            Rule(Read, "policy", "poddisruptionbudgets"),
            Rule("update", "policy", "poddisruptionbudgets/status"),
            Rule("patch update", "core", "pods/status"),
            Rule("get", "*", "*/scale"),
            Events()),
        ForController(
            "endpoint-controller",
            Rule(Read, "core", "pods services"),
            Rule("create delete get list update", "core", "endpoints"),
            Rule("create", "core", "endpoints/restricted"),
            Events()),
        ForController(
            "endpointslice-controller",
            Rule(Read, "core", "nodes pods services"),
            Rule("update", "core", "services/finalizers"),
            Rule("create delete get list update", "discovery.k8s.io", "endpointslices"),
            Events()),
        ForController(
            "generic-garbage-collector",
            Rule("delete get list patch update watch", "*", "*"),
            Events()),
        ForController(
            "job-controller",
            Rule("get list patch update watch", "batch", "jobs"),
            Rule("update", "batch", "jobs/status jobs/finalizers"),
            Rule("create delete list patch watch", "core", "pods"),
            Events()),
        ForController(
            "namespace-controller",
            Rule("delete get list watch", "core", "namespaces"),
            Rule("update", "core", "namespaces/finalize namespaces/status"),
            Rule("delete deletecollection get list", "*", "*")),
        ForController(
            "node-controller",
            Rule("delete get list patch update", "core", "nodes"),
            Rule("patch update", "core", "nodes/status"),
            Rule("patch update", "core", "pods/status"),
            Rule("delete get list", "core", "pods"),
            Events()),
        ForController(
            "pod-garbage-collector",
            Rule("delete list watch", "core", "pods"),
            Rule("get list", "core", "nodes"),
            Rule("patch", "core", "pods/status")),
        ForController(
            "pv-protection-controller",
            Rule("get list update watch", "core", "persistentvolumes"),
            Events()),
        ForController(
            "pvc-protection-controller",
            Rule("get list update watch", "core", "persistentvolumeclaims"),
            Rule(Read, "core", "pods"),
            Events()),
        ForController(
            "replicaset-controller",
            Rule("get list update watch", "apps", "replicasets"),
            Rule("update", "apps", "replicasets/status replicasets/finalizers"),
            Rule("create delete list patch watch", "core", "pods"),
            Events()),
        ForController(
            "replication-controller",
            Rule("get list update watch", "core", "replicationcontrollers"),
            Rule("update", "core", "replicationcontrollers/status replicationcontrollers/finalizers"),
            Rule("create delete list patch watch", "core", "pods"),
            Events()),
        ForController(
            "resourcequota-controller",
            Rule("list watch", "*", "*"),
            Rule("update", "core", "resourcequotas/status"),
            Events()),
        ForController(
            "root-ca-cert-publisher",
            Rule("create update", "core", "configmaps"),
            Events()),
        ForController(
            "service-account-controller",
            Rule("create", "core", "serviceaccounts"),
            Events()),
        ForController(
            "statefulset-controller",
            Rule("list watch", "core", "pods"),
            Rule(Read, "apps", "statefulsets"),
            Rule("update", "apps", "statefulsets/status statefulsets/finalizers"),
            Rule("create delete get patch update", "core", "pods"),
            Rule("create delete get list patch update watch", "apps", "controllerrevisions"),
            Rule("create get", "core", "persistentvolumeclaims"),
            Events()),
        ForController(
            "ttl-after-finished-controller",
            Rule("delete get list watch", "batch", "jobs"),
            Events()),
        ForController(
            "validatingadmissionpolicy-status-controller",
            Rule(Read, "admissionregistration.k8s.io", "validatingadmissionpolicies"),
            Rule("get patch update", "admissionregistration.k8s.io", "validatingadmissionpolicies/status")),
    ];
}
