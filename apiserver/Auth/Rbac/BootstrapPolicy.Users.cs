using Kube.Api.Rbac.V1;

namespace Kube.ApiServer.Auth.Rbac;

/// <content>Roles for people.</content>
public static partial class BootstrapPolicy
{
    private const string Read = "get list watch";
    private const string Write = "create delete deletecollection patch update";

    private const string CoreViewed =
        "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers "
        + "replicationcontrollers/scale serviceaccounts services services/status";

    private const string CoreObserved =
        "bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status";

    private const string AppsViewed =
        "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets "
        + "replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status";

    private static IEnumerable<ClusterRole> UserRoles() =>
    [
        ClusterRole("cluster-admin", Rule("*", "*", "*"), Paths("*", "*")),
        ClusterRole(
            "system:discovery",
            Paths("get", "/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/")),
        ClusterRole(
            "system:basic-user",
            Rule("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
            Rule("create", "authentication.k8s.io", "selfsubjectreviews")),
        ClusterRole("system:public-info-viewer", Paths("get", "/healthz /livez /readyz /version /version/")),
        ClusterRole("system:monitoring", Paths("get", "/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*")),
        ClusterRole("system:service-account-issuer-discovery", Paths("get", "/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/")),
        Aggregated("admin"),
        Aggregated("edit", alsoPartOf: "admin"),
        Aggregated("view", alsoPartOf: "edit"),
        PartOf(
            "admin",
            Rule("create", "authorization.k8s.io", "localsubjectaccessreviews"),
            Rule(Read + " " + Write, "rbac.authorization.k8s.io", "rolebindings roles")),
        PartOf(
            "edit",
            Rule(Read, "core", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
            Rule("impersonate", "core", "serviceaccounts"),
            Rule(Write, "core", "pods pods/attach pods/exec pods/portforward pods/proxy"),
            Rule("create", "core", "pods/eviction serviceaccounts/token"),
            Rule(Write, "core", "configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy"),
            Rule(Write, "apps", "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale"),
            Rule(Write, "autoscaling", "horizontalpodautoscalers"),
            Rule(Write, "batch", "cronjobs jobs"),
            Rule(Write, "policy", "poddisruptionbudgets"),
            Rule(Write, "networking.k8s.io", "ingresses networkpolicies"),
            Rule(Read + " " + Write, "coordination.k8s.io", "leases")),
        PartOf(
            "view",
            Rule(Read, "core", CoreViewed),
            Rule(Read, "core", CoreObserved),
            Rule(Read, "core", "namespaces"),
            Rule(Read, "discovery.k8s.io", "endpointslices"),
            Rule(Read, "apps", AppsViewed),
            Rule(Read, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
            Rule(Read, "batch", "cronjobs cronjobs/status jobs jobs/status"),
            Rule(Read, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
            Rule(Read, "networking.k8s.io", "ingresses ingresses/status networkpolicies")),
    ];
}
