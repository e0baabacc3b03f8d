using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Schema;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Endpoints;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Registry.Strategies;
using Kube.ApiServer.Requests;
using Kube.ApiServer.Storage.WatchCache;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Tests.Endpoints;

/// <summary>By what a watch is found when something changes.</summary>
public sealed class SelectionScopeTests
{
    private static readonly ResourceDefinition _pods = new(KindCatalog.Default.FindResource("", "v1", "pods")!, new PodStrategy());

    [Theory]
    [InlineData("/api/v1/pods?watch=1", null)]
    [InlineData("/api/v1/pods?watch=1&labelSelector=a=b", null)]
    [InlineData("/api/v1/pods?watch=1&fieldSelector=spec.nodeName!=n0", null)]
    [InlineData("/api/v1/namespaces/a/pods?watch=1", "namespace a")]
    [InlineData("/api/v1/pods?watch=1&fieldSelector=spec.nodeName=n0", "spec.nodeName n0")]
    [InlineData("/api/v1/pods?watch=1&fieldSelector=spec.nodeName=", "spec.nodeName ")]
    [InlineData("/api/v1/namespaces/a/pods?watch=1&fieldSelector=status.phase!=Failed,status.phase=Running,spec.nodeName=n0", "spec.nodeName n0")]
    [InlineData("/api/v1/pods?watch=1&fieldSelector=metadata.name=p", "metadata.name p")]
    [InlineData("/api/v1/namespaces/a/pods?watch=1&fieldSelector=metadata.name=p,spec.nodeName=n0", "key a/p")]
    [InlineData("/api/v1/watch/namespaces/a/pods/p", "key a/p")]
    public void Narrowest_aspect(string url, string? expected) => Assert.Equal(Named(expected), Select(url).Scope);

    [Fact]
    public void What_a_selection_matches_is_in_its_scope()
    {
        var path = Gen.Elements("/api/v1/pods", "/api/v1/namespaces/a/pods", "/api/v1/namespaces/b/pods", "/api/v1/watch/namespaces/a/pods/p0");
        var name = Gen.Elements("p0", "p1");
        var ns = Gen.Elements("a", "b");
        var node = Gen.Elements("", "n0", "n1");
        var terms = Gen.OneOf(
            from equal in Gen.Elements("=", "!=") from value in name select "metadata.name" + equal + value,
            from equal in Gen.Elements("=", "!=") from value in ns select "metadata.namespace" + equal + value,
            from equal in Gen.Elements("=", "!=") from value in node select "spec.nodeName" + equal + value,
            Gen.Elements("status.phase=", "status.phase=Running")).ArrayOf();
        var cases = from p in path from t in terms from n in name from s in ns from o in node select (Path: p, Terms: t, Name: n, Namespace: s, Node: o);
        Prop.ForAll(cases.ToArbitrary(), static it =>
        {
            var selection = Select(it.Path + "?watch=1&fieldSelector=" + string.Join(',', it.Terms));
            var json = $$$"""{"metadata":{"name":"{{{it.Name}}}","namespace":"{{{it.Namespace}}}"},"spec":{"nodeName":"{{{it.Node}}}"}}""";
            var pod = new ObjectEncoder(_pods.SelectableFields).Encode(it.Namespace + "/" + it.Name, Encoding.UTF8.GetBytes(json), 1);
            return !selection.Matches(pod) || selection.Scope.Holds(pod);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    private static WatchScope Named(string? scope)
    {
        if (scope is null)
        {
            return WatchScope.Everything;
        }

        var parts = scope.Split(' ');
        return parts[0] switch
        {
            "key" => WatchScope.OfKey(parts[1]),
            "namespace" => WatchScope.OfNamespace(parts[1]),
            _ => WatchScope.OfField(_pods.SelectableFields.Select(static field => field.Name).ToList().IndexOf(parts[0]), parts[1]),
        };
    }

    private static Selection Select(string url)
    {
        var http = new DefaultHttpContext();
        var query = url.IndexOf('?', StringComparison.Ordinal);
        http.Request.QueryString = new QueryString(query < 0 ? "" : url[query..]);
        var request = new ApiRequest
        {
            Http = http,
            Info = RequestInfoParser.Parse("GET", query < 0 ? url : url[..query], http.Request.Query),
            User = UserInfo.ApiServer,
            Aborted = CancellationToken.None,
            Stopping = CancellationToken.None,
            RequireVerb = static (_, _) => ValueTask.CompletedTask,
        };
        return Selection.Parse(request, _pods);
    }
}
