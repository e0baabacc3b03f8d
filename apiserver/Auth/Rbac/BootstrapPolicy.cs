using Kube.Api.Meta.V1;
using Kube.Api.Rbac.V1;

namespace Kube.ApiServer.Auth.Rbac;

/// <summary>
/// The roles and bindings that every cluster starts with, under Kubernetes' names and labels: for users (cluster-admin,
/// admin, edit, view and what everybody may see) and for the components. The API server makes the missing ones at
/// start and leaves those alone that carry rbac.authorization.kubernetes.io/autoupdate: "false".
/// </summary>
public static partial class BootstrapPolicy
{
    /// <summary>Annotation by which an operator keeps a bootstrap object as it is.</summary>
    public const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

    private const string Group = "rbac.authorization.k8s.io";

    public static IReadOnlyList<ClusterRole> ClusterRoles { get; } = [.. UserRoles(), .. ComponentRoles(), .. ControllerRoles()];

    public static IReadOnlyList<ClusterRoleBinding> ClusterRoleBindings { get; } =
    [
        Bind("cluster-admin", ToGroup("system:masters")),
        Bind("system:basic-user", ToGroup("system:authenticated")),
        Bind("system:discovery", ToGroup("system:authenticated")),
        Bind("system:public-info-viewer", ToGroup("system:authenticated"), ToGroup("system:unauthenticated")),
        Bind("system:monitoring", ToGroup("system:monitoring")),
        Bind("system:service-account-issuer-discovery", ToGroup("system:serviceaccounts")),
        Bind("system:kube-controller-manager", ToUser("system:kube-controller-manager")),
        Bind("system:kube-scheduler", ToUser("system:kube-scheduler")),
        Bind("system:volume-scheduler", ToUser("system:kube-scheduler")),
        Bind("system:node-proxier", ToUser("system:kube-proxy")),

        // No subject: nodes are allowed by the Node authorizer, object by object.
        Bind("system:node"),
        .. ControllerRoles().Select(role => Bind(
            role.Metadata.Name!,
            ToServiceAccount("kube-system", role.Metadata.Name!["system:controller:".Length..]),

            // The controllers run as one process with one identity.
            ToUser("system:kube-controller-manager"))),
    ];

    /// <summary>Roles inside one namespace.</summary>
    public static IReadOnlyList<Role> Roles { get; } =
    [
        NamespacedRole("kube-system", "system::leader-locking-kube-controller-manager", Rule("watch", "", "configmaps"), Named("get update", "", "configmaps", "kube-controller-manager")),
        NamespacedRole("kube-system", "system::leader-locking-kube-scheduler", Rule("watch", "", "configmaps"), Named("get update", "", "configmaps", "kube-scheduler")),
        NamespacedRole("kube-system", "extension-apiserver-authentication-reader", Named("get list watch", "", "configmaps", "extension-apiserver-authentication")),
        NamespacedRole("kube-public", "system:controller:bootstrap-signer", Rule("get list watch", "", "configmaps"), Named("update", "", "configmaps", "cluster-info"), Events()),
    ];

    public static IReadOnlyList<RoleBinding> RoleBindings { get; } =
    [
        BindIn("kube-system", "system::leader-locking-kube-controller-manager", ToUser("system:kube-controller-manager")),
        BindIn("kube-system", "system::leader-locking-kube-scheduler", ToUser("system:kube-scheduler")),
        BindIn("kube-system", "system::extension-apiserver-authentication-reader", "extension-apiserver-authentication-reader", ToUser("system:kube-controller-manager"), ToUser("system:kube-scheduler")),
    ];

    private static ClusterRole ClusterRole(string name, params List<PolicyRule> rules) => new() { Metadata = Meta(name), Rules = rules };

    /// <summary>A role made of all roles with the label rbac.authorization.k8s.io/aggregate-to-NAME.</summary>
    private static ClusterRole Aggregated(string name, string? alsoPartOf = null)
    {
        var role = new ClusterRole
        {
            Metadata = Meta(name),
            AggregationRule = new AggregationRule
            {
                ClusterRoleSelectors = [new LabelSelector { MatchLabels = new() { [AggregateTo(name)] = "true" } }],
            },
        };
        if (alsoPartOf is not null)
        {
            role.Metadata.Labels![AggregateTo(alsoPartOf)] = "true";
        }

        return role;
    }

    private static ClusterRole PartOf(string aggregate, params List<PolicyRule> rules)
    {
        var role = ClusterRole("system:aggregate-to-" + aggregate, rules);
        role.Metadata.Labels![AggregateTo(aggregate)] = "true";
        return role;
    }

    private static string AggregateTo(string name) => "rbac.authorization.k8s.io/aggregate-to-" + name;

    private static Role NamespacedRole(string ns, string name, params List<PolicyRule> rules) => new() { Metadata = Meta(name, ns), Rules = rules };

    /// <summary>A rule from words with spaces between: "get list watch", "apps", "deployments deployments/scale". The core group is "".</summary>
    private static PolicyRule Rule(string verbs, string groups, string resources) => new()
    {
        Verbs = Words(verbs),
        ApiGroups = groups.Length == 0 ? [""] : [.. groups.Split(' ').Select(group => group == "core" ? "" : group)],
        Resources = Words(resources),
    };

    private static PolicyRule Named(string verbs, string group, string resources, params string[] names)
    {
        var rule = Rule(verbs, group, resources);
        rule.ResourceNames = [.. names];
        return rule;
    }

    private static PolicyRule Paths(string verbs, string paths) => new() { Verbs = Words(verbs), NonResourceURLs = Words(paths) };

    private static PolicyRule Events() => Rule("create patch update", "core events.k8s.io", "events");

    private static List<string> Words(string text) => [.. text.Split(' ')];

    private static ClusterRoleBinding Bind(string role, params List<Subject> subjects) => new()
    {
        Metadata = Meta(role),
        Subjects = subjects,
        RoleRef = new RoleRef { ApiGroup = Group, Kind = "ClusterRole", Name = role },
    };

    private static RoleBinding BindIn(string ns, string role, params Subject[] subjects) => BindIn(ns, role, role, subjects);

    private static RoleBinding BindIn(string ns, string name, string role, params Subject[] subjects) => new()
    {
        Metadata = Meta(name, ns),
        Subjects = [.. subjects],
        RoleRef = new RoleRef { ApiGroup = Group, Kind = "Role", Name = role },
    };

    private static Subject ToUser(string name) => new() { ApiGroup = Group, Kind = "User", Name = name };

    private static Subject ToGroup(string name) => new() { ApiGroup = Group, Kind = "Group", Name = name };

    private static Subject ToServiceAccount(string ns, string name) => new() { Kind = "ServiceAccount", Namespace = ns, Name = name };

    private static ObjectMeta Meta(string name, string? ns = null) => new()
    {
        Name = name,
        Namespace = ns,
        Labels = new() { ["kubernetes.io/bootstrapping"] = "rbac-defaults" },
        Annotations = new() { [AutoUpdate] = "true" },
    };
}
