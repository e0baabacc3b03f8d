using System.Text;
using Kube.ApiServer.Security;

namespace Kube.ApiServer.Tests.Auth;

/// <summary>What the Node authorizer looks at when a pod has changed.</summary>
public sealed class NodeGraphSourceTests
{
    [Theory]
    [InlineData("""{"metadata":{"spec":{"a":1}},"spec":{"nodeName":"n","x":[{"spec":2}]},"status":{}}""", """{"nodeName":"n","x":[{"spec":2}]}""")]
    [InlineData("""{"status":{"spec":{}},"spec":{}}""", "{}")]
    [InlineData("""{"spec":null}""", "null")]
    [InlineData("""{"metadata":{"name":"spec"}}""", "")]
    [InlineData("{}", "")]
    public void The_spec_is_cut_out_of_an_object(string json, string spec) =>
        Assert.Equal(spec, Encoding.UTF8.GetString(NodeGraphSource.SpecOf(Encoding.UTF8.GetBytes(json))));
}
