using Grpc.Core;
using Kube.ApiServer.Rpc;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Tests.Rpc;

public sealed class ResourceAddressTests
{
    [Theory]
    [InlineData("get", "GET", "", "v1", "pods", "ns", "p", "", "/api/v1/namespaces/ns/pods/p")]
    [InlineData("get", "GET", "apps", "v1", "deployments", "ns", "d", "scale", "/apis/apps/v1/namespaces/ns/deployments/d/scale")]
    [InlineData("list", "GET", "", "v1", "pods", "", "", "", "/api/v1/pods")]
    [InlineData("get", "GET", "", "v1", "nodes", "", "n", "", "/api/v1/nodes/n")]
    [InlineData("get", "GET", "", "v1", "namespaces", "", "n", "", "/api/v1/namespaces/n")]
    [InlineData("update", "PUT", "", "v1", "namespaces", "", "n", "finalize", "/api/v1/namespaces/n/finalize")]
    [InlineData("create", "POST", "", "v1", "pods", "ns", "p", "binding", "/api/v1/namespaces/ns/pods/p/binding")]
    [InlineData("deletecollection", "DELETE", "", "v1", "pods", "ns", "", "", "/api/v1/namespaces/ns/pods")]
    public void Paths(string verb, string method, string group, string version, string resource, string ns, string name, string subresource, string expected) =>
        Assert.Equal(expected, new ResourceAddress(group, version, resource, ns, name, subresource).ToPath(verb, method, new QueryCollection()).Value);

    [Theory]
    [InlineData("get", "", "v1", "pods", "ns", "", "")]
    [InlineData("get", "", "", "pods", "ns", "p", "")]
    [InlineData("get", "", "v1", "", "ns", "p", "")]
    [InlineData("get", "", "v1", "pods", "ns", "", "status")]
    [InlineData("get", "", "v1", "pods", "a/b", "p", "")]
    [InlineData("get", "", "v1", "pods", "..", "p", "")]
    [InlineData("get", "", "v1", "pods", "ns", "p%2f", "")]
    [InlineData("get", "", "v1", "watch", "", "pods", "")]
    [InlineData("get", "", "v1", "namespaces", "", "ns", "pods")]
    [InlineData("list", "", "v1", "pods", "", "p", "")]
    public void What_a_path_would_mean_otherwise_is_refused(string verb, string group, string version, string resource, string ns, string name, string subresource)
    {
        var error = Assert.Throws<RpcException>(() => new ResourceAddress(group, version, resource, ns, name, subresource).ToPath(verb, "GET", new QueryCollection()));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Theory]
    [InlineData("log")]
    [InlineData("exec")]
    [InlineData("proxy")]
    public void Byte_streams_are_not_served(string subresource) =>
        Assert.Equal(StatusCode.Unimplemented, Assert.Throws<RpcException>(
            () => new ResourceAddress("", "v1", "pods", "ns", "p", subresource).ToPath("get", "GET", new QueryCollection())).StatusCode);
}
