using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Auth.Nodes;

namespace Kube.ApiServer.Tests.Auth;

public class NodeAuthorizerTests
{
    private static readonly UserInfo Node = new("system:node:one", "system:nodes", UserInfo.AuthenticatedGroup);
    private readonly NodeGraph _graph = new();

    private async Task<bool> Allowed(UserInfo user, string verb, string resource, string ns, string name, string group = "")
    {
        var parts = resource.Split('/', 2);
        var result = await new NodeAuthorizer(_graph).AuthorizeAsync(
            new AuthorizationAttributes
            {
                User = user,
                Verb = verb,
                IsResourceRequest = true,
                ApiGroup = group,
                Resource = parts[0],
                Subresource = parts.Length > 1 ? parts[1] : "",
                Namespace = ns,
                Name = name,
            },
            default);
        return result.Decision == AuthorizationDecision.Allow;
    }

    private static Pod Pod(string uid, string? node) => new()
    {
        Metadata = new ObjectMeta { Name = uid, Namespace = "ns", Uid = uid },
        Spec = new PodSpec
        {
            NodeName = node,
            ServiceAccountName = "sa",
            ImagePullSecrets = [new LocalObjectReference { Name = "pull" }],
            Containers =
            [
                new Container
                {
                    Env = [new EnvVar { ValueFrom = new EnvVarSource { SecretKeyRef = new SecretKeySelector { Name = "env" } } }],
                    EnvFrom = [new EnvFromSource { ConfigMapRef = new ConfigMapEnvSource { Name = "envfrom" } }],
                },
            ],
            Volumes =
            [
                new Volume { Secret = new SecretVolumeSource { SecretName = "volume" } },
                new Volume { Projected = new ProjectedVolumeSource { Sources = [new VolumeProjection { ConfigMap = new ConfigMapProjection { Name = "kube-root-ca.crt" } }] } },
            ],
        },
    };

    [Theory]
    [InlineData("secrets", "pull")]
    [InlineData("secrets", "env")]
    [InlineData("secrets", "volume")]
    [InlineData("configmaps", "envfrom")]
    [InlineData("configmaps", "kube-root-ca.crt")]
    public async Task A_node_reads_what_its_pods_name_while_they_are_there(string resource, string name)
    {
        Assert.False(await Allowed(Node, "get", resource, "ns", name));
        _graph.Set(Pod("p", null));
        Assert.False(await Allowed(Node, "get", resource, "ns", name));
        _graph.Set(Pod("p", "one"));
        _graph.Set(Pod("q", "one"));
        Assert.True(await Allowed(Node, "get", resource, "ns", name));
        Assert.False(await Allowed(Node, "get", resource, "other", name));
        Assert.False(await Allowed(Node, "get", resource, "ns", ""));
        Assert.False(await Allowed(Node, "update", resource, "ns", name));
        Assert.False(await Allowed(new UserInfo("system:node:two", "system:nodes"), "get", resource, "ns", name));
        _graph.Remove("p");
        Assert.True(await Allowed(Node, "get", resource, "ns", name));
        _graph.Remove("q");
        Assert.False(await Allowed(Node, "get", resource, "ns", name));
    }

    [Theory]
    [InlineData("update", "kube-node-lease", "one", true)]
    [InlineData("create", "kube-node-lease", "", true)]
    [InlineData("update", "kube-node-lease", "two", false)]
    [InlineData("update", "kube-system", "one", false)]
    [InlineData("list", "kube-node-lease", "", false)]
    public async Task A_node_has_its_own_lease(string verb, string ns, string name, bool allowed) =>
        Assert.Equal(allowed, await Allowed(Node, verb, "leases", ns, name, "coordination.k8s.io"));

    [Theory]
    [InlineData("list", "pods", true)]
    [InlineData("patch", "pods/status", true)]
    [InlineData("patch", "nodes/status", true)]
    [InlineData("create", "pods/binding", false)]
    [InlineData("create", "deployments", false)]
    public async Task The_rest_goes_by_the_role_of_nodes(string verb, string resource, bool allowed) =>
        Assert.Equal(allowed, await Allowed(Node, verb, resource, "ns", "x"));

    [Fact]
    public async Task A_chain_goes_on_to_the_next_authorizer_for_others()
    {
        var chain = new AuthorizerChain([new NodeAuthorizer(_graph), new SystemMastersAuthorizer()]);
        var result = await chain.AuthorizeAsync(
            new AuthorizationAttributes { User = new UserInfo("eve"), Verb = "get", IsResourceRequest = true, Resource = "pods" }, default);
        Assert.Equal((AuthorizationDecision.NoOpinion, ""), (result.Decision, result.Reason));
    }

    [Fact]
    public async Task Others_get_no_opinion()
    {
        _graph.Set(Pod("p", "one"));
        Assert.False(await Allowed(new UserInfo("system:node:one", "other"), "get", "secrets", "ns", "pull"));
        Assert.False(await Allowed(new UserInfo("eve", "system:nodes"), "get", "secrets", "ns", "pull"));
    }
}
