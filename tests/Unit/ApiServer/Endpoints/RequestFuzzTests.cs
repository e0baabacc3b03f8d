using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Errors;
using Kube.ApiServer.Endpoints;
using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Kube.ApiServer.Tests.Endpoints;

/// <summary>What the server reads of a request before its body, fed with anything.</summary>
public sealed class RequestFuzzTests
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(3_000).WithReplay(3, 1);

    [Fact]
    public void A_continue_token_is_one_or_is_refused()
    {
        var parts = Gen.Elements("{", "}", "\"v\":\"meta.k8s.io/v1\"", ",", "\"rv\":", "-1", "1e99", "99999999999999999999", "\"start\":\"a\"", "\"start\":\"\"", "null", "[", "]", "\"\\ud800\"", "\u00e9", "\"v\":1");
        var texts = parts.ArrayOf().Select(static all => string.Concat(all));
        Prop.ForAll(texts.ToArbitrary(), static text => IsReadOrRefused(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=')) && IsReadOrRefused(text)).Check(Settings);
    }

    [Theory]
    [InlineData("""{"v":"meta.k8s.io/v1","v":"meta.k8s.io/v1","rv":7,"start":"a"}""")]
    [InlineData("""{"v":"meta.k8s.io/v1","rv":7,"start":"a","x":{"y":1,"y":2}}""")]
    public void A_continue_token_with_keys_twice_is_read(string json) =>
        Assert.Equal(new ContinueToken(7, "a"), ContinueToken.Decode(Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=')));

    [Fact]
    public void A_path_always_means_something()
    {
        var parts = Gen.Elements("/", "api", "apis", "v1", "watch", "namespaces", "..", ".", "%2f", "", "pods", "\0", "\u00e9", " ", "?", "status", "proxy", "//");
        var methods = Gen.Elements("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "", "NONSENSE");
        var requests = from path in parts.ArrayOf() from method in methods select (Method: method, Path: "/" + string.Concat(path));
        Prop.ForAll(requests.ToArbitrary(), static request =>
        {
            var info = RequestInfoParser.Parse(request.Method, request.Path, new QueryCollection(QueryHelpers.ParseQuery("?watch=1")));
            return info.Path == request.Path && (info.IsResourceRequest || info.Resource.Length == 0);
        }).Check(Settings);
    }

    [Fact]
    public void Warnings_fit_into_headers_however_many_and_long_they_are()
    {
        var warnings = from count in Gen.Choose(0, 200) from length in Gen.Choose(0, 5_000) select (IReadOnlyList<string>)[.. Enumerable.Range(0, count).Select(i => new string('x', length) + i)];
        Prop.ForAll(warnings.ToArbitrary(), static all =>
        {
            var kept = ResponseWriter.Bounded(all);
            return kept.Sum(static warning => warning.Length) <= 4096 && (kept.Count > 0 || all.Count == 0) && kept.Zip(all).All(static pair => pair.Second.StartsWith(pair.First, StringComparison.Ordinal));
        }).Check(Settings.WithMaxTest(300));
    }

    private static bool IsReadOrRefused(string text)
    {
        try
        {
            return ContinueToken.Decode(text).StartKey.Length > 0;
        }
        catch (KubeStatusException refusal)
        {
            return refusal.Status.Code == 400;
        }
    }
}
