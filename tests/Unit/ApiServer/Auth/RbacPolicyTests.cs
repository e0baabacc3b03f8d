using Kube.Api.Meta.V1;
using Kube.Api.Rbac.V1;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Auth.Rbac;

namespace Kube.ApiServer.Tests.Auth;

public class RbacPolicyTests
{
    private static readonly RbacPolicy Bootstrap = new(
        BootstrapPolicy.ClusterRoles, BootstrapPolicy.Roles, BootstrapPolicy.ClusterRoleBindings, BootstrapPolicy.RoleBindings);

    private static AuthorizationAttributes Ask(UserInfo user, string verb, string resource, string ns = "", string group = "", string name = "")
    {
        var parts = resource.Split('/', 2);
        return new AuthorizationAttributes
        {
            User = user,
            Verb = verb,
            IsResourceRequest = true,
            ApiGroup = group,
            Resource = parts[0],
            Subresource = parts.Length > 1 ? parts[1] : "",
            Namespace = ns,
            Name = name,
        };
    }

    private static AuthorizationAttributes AskPath(UserInfo user, string path) =>
        new() { User = user, Verb = "get", IsResourceRequest = false, Path = path };

    private static bool Allowed(RbacPolicy policy, AuthorizationAttributes attributes) =>
        policy.Authorize(attributes).Decision == AuthorizationDecision.Allow;

    private static RbacPolicy WithRule(params PolicyRule[] rules) => new(
        [new ClusterRole { Metadata = new ObjectMeta { Name = "r" }, Rules = [.. rules] }],
        [],
        [new ClusterRoleBinding { Metadata = new ObjectMeta { Name = "b" }, Subjects = [new Subject { Kind = "User", Name = "eve" }], RoleRef = new RoleRef { Kind = "ClusterRole", Name = "r" } }],
        []);

    [Theory]
    [InlineData("get", "pods", "", "", true)]
    [InlineData("list", "pods", "", "", false)]
    [InlineData("get", "pods/log", "", "", false)]
    [InlineData("get", "services", "", "", false)]
    [InlineData("get", "pods", "apps", "", false)]
    public void A_rule_covers_verb_group_and_resource(string verb, string resource, string group, string name, bool allowed) => Assert.Equal(
        allowed,
        Allowed(WithRule(new PolicyRule { Verbs = ["get"], ApiGroups = [""], Resources = ["pods"] }), Ask(new UserInfo("eve"), verb, resource, "ns", group, name)));

    [Theory]
    [InlineData("*/scale", "deployments/scale", true)]
    [InlineData("*/scale", "deployments", false)]
    [InlineData("*/scale", "deployments/status", false)]
    [InlineData("*", "deployments/status", true)]
    [InlineData("deployments/status", "deployments/status", true)]
    [InlineData("deployments", "deployments/status", false)]
    public void Subresources_are_named_or_wild(string rule, string asked, bool allowed) => Assert.Equal(
        allowed,
        Allowed(WithRule(new PolicyRule { Verbs = ["*"], ApiGroups = ["*"], Resources = [rule] }), Ask(new UserInfo("eve"), "get", asked, "ns", "apps")));

    [Theory]
    [InlineData("one", true)]
    [InlineData("two", false)]
    [InlineData("", false)]
    public void Resource_names_narrow_a_rule(string name, bool allowed) => Assert.Equal(
        allowed,
        Allowed(
            WithRule(new PolicyRule { Verbs = ["get"], ApiGroups = [""], Resources = ["secrets"], ResourceNames = ["one"] }),
            Ask(new UserInfo("eve"), "get", "secrets", "ns", name: name)));

    [Theory]
    [InlineData("/metrics", "/metrics", true)]
    [InlineData("/api/*", "/api/v1", true)]
    [InlineData("/api/*", "/api", false)]
    [InlineData("*", "/anything", true)]
    [InlineData("/api", "/apis", false)]
    public void Paths_are_exact_or_prefixes(string rule, string path, bool allowed) => Assert.Equal(
        allowed, Allowed(WithRule(new PolicyRule { Verbs = ["get"], NonResourceURLs = [rule] }), AskPath(new UserInfo("eve"), path)));

    [Fact]
    public void A_role_binding_holds_in_its_namespace_only()
    {
        var policy = new RbacPolicy(
            [new ClusterRole { Metadata = new ObjectMeta { Name = "r" }, Rules = [new PolicyRule { Verbs = ["get"], ApiGroups = [""], Resources = ["pods"] }] }],
            [],
            [],
            [new RoleBinding
            {
                Metadata = new ObjectMeta { Name = "b", Namespace = "one" },
                Subjects = [new Subject { Kind = "ServiceAccount", Name = "sa" }],
                RoleRef = new RoleRef { Kind = "ClusterRole", Name = "r" },
            }]);
        var user = new UserInfo("system:serviceaccount:one:sa");
        Assert.True(Allowed(policy, Ask(user, "get", "pods", "one")));
        Assert.False(Allowed(policy, Ask(user, "get", "pods", "two")));
        Assert.False(Allowed(policy, Ask(user, "get", "pods")));
    }

    [Theory]
    [InlineData("Group", "User", "of-first")]
    [InlineData("User", "Group", "of-first")]
    [InlineData("ServiceAccount", "Group", "of-second")]
    public void Of_several_bindings_the_first_is_named(string first, string second, string named)
    {
        static ClusterRoleBinding Binding(string name, string kind) => new()
        {
            Metadata = new ObjectMeta { Name = name },
            Subjects = [new Subject { Kind = kind, Name = kind == "User" ? "eve" : "friends", Namespace = kind == "ServiceAccount" ? "ns" : null }],
            RoleRef = new RoleRef { Kind = "ClusterRole", Name = "r" },
        };
        var policy = new RbacPolicy(
            [new ClusterRole { Metadata = new ObjectMeta { Name = "r" }, Rules = [new PolicyRule { Verbs = ["get"], ApiGroups = [""], Resources = ["pods"] }] }],
            [], [Binding("of-first", first), Binding("of-second", second)], []);
        var result = policy.Authorize(Ask(new UserInfo("eve", "friends"), "get", "pods", "ns"));
        Assert.Contains($"ClusterRoleBinding \"{named}\"", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_binding_to_a_missing_role_allows_nothing_and_says_why()
    {
        var policy = new RbacPolicy(
            [], [],
            [new ClusterRoleBinding { Metadata = new ObjectMeta { Name = "b" }, Subjects = [new Subject { Kind = "User", Name = "eve" }], RoleRef = new RoleRef { Kind = "ClusterRole", Name = "gone" } }],
            []);
        var result = policy.Authorize(Ask(new UserInfo("eve"), "get", "pods", "ns"));
        Assert.Equal(AuthorizationDecision.NoOpinion, result.Decision);
        Assert.Equal("RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found", result.Reason);
    }

    [Fact]
    public void Aggregated_roles_include_each_other()
    {
        static List<PolicyRule> Rules(string role) => [.. Bootstrap.RulesOf("", role)!];
        Assert.Contains(Rules("admin"), rule => rule.Resources?.Contains("rolebindings") == true);
        Assert.Contains(Rules("admin"), rule => rule.Resources?.Contains("pods/exec") == true);
        Assert.Contains(Rules("admin"), rule => rule.Resources?.Contains("pods") == true && rule.Verbs!.Contains("watch"));
        Assert.DoesNotContain(Rules("view"), rule => rule.Resources?.Contains("secrets") == true);
        Assert.DoesNotContain(Rules("edit"), rule => rule.Resources?.Contains("rolebindings") == true);
    }

    [Theory]
    [InlineData("create", "pods/binding", "", true)]
    [InlineData("list", "nodes", "", true)]
    [InlineData("patch", "pods/status", "", true)]
    [InlineData("create", "pods", "", false)]
    [InlineData("get", "secrets", "", false)]
    [InlineData("create", "leases", "coordination.k8s.io", true)]
    public void The_scheduler_may_do_its_work_and_no_more(string verb, string resource, string group, bool allowed) => Assert.Equal(
        allowed, Allowed(Bootstrap, Ask(new UserInfo("system:kube-scheduler", UserInfo.AuthenticatedGroup), verb, resource, "ns", group)));

    [Theory]
    [InlineData("create", "replicasets", "apps", true)]
    [InlineData("create", "pods", "", true)]
    [InlineData("update", "deployments/status", "apps", true)]
    [InlineData("delete", "widgets", "example.com", true)]
    [InlineData("create", "pods/exec", "", false)]
    [InlineData("create", "clusterrolebindings", "rbac.authorization.k8s.io", false)]
    public void The_controllers_may_do_their_work_and_no_more(string verb, string resource, string group, bool allowed) => Assert.Equal(
        allowed, Allowed(Bootstrap, Ask(new UserInfo("system:kube-controller-manager", UserInfo.AuthenticatedGroup), verb, resource, "ns", group)));

    [Fact]
    public void A_node_gets_nothing_from_RBAC()
    {
        var node = new UserInfo("system:node:n", "system:nodes", UserInfo.AuthenticatedGroup);
        Assert.False(Allowed(Bootstrap, Ask(node, "list", "pods")));
    }

    [Theory]
    [InlineData("/version", true)]
    [InlineData("/readyz", true)]
    [InlineData("/metrics", false)]
    [InlineData("/apis", false)]
    public void Strangers_see_health_and_version(string path, bool allowed) =>
        Assert.Equal(allowed, Allowed(Bootstrap, AskPath(UserInfo.Anonymous, path)));
}
