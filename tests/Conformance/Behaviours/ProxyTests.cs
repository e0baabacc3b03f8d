using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>
/// Requests passed on to pods and services. The pod is a server in this process; that a kubelet runs a real one and reports its address is
/// the end-to-end tests' affair.
/// </summary>
[Collection(BehaviourGroup.Name)]
public sealed class ProxyTests(BehaviourCluster cluster) : IAsyncLifetime
{
    private const string PodAddress = "127.1.0.9";

    private WebApplication _pod = null!;
    private int _plain;
    private int _tls;
    private string _namespace = "";

    private ApiSession Api => cluster.Admin;

    public async Task InitializeAsync()
    {
        (_pod, _plain, _tls) = await StartPodAsync();
        _namespace = await cluster.NamespaceAsync("proxied");
        await Api.CreateAsync("api/v1/nodes", $$$"""{"metadata":{"name":"{{{_namespace}}}"}}""");
        (await Api.PatchAsync($"api/v1/nodes/{_namespace}/status", """{"status":{"addresses":[{"type":"InternalIP","address":"127.0.0.1"}]}}""")).Is(200);
        await Api.CreateAsync($"api/v1/namespaces/{_namespace}/pods", $$$$"""
            {"metadata":{"name":"pod","labels":{"app":"x"}},"spec":{"nodeName":"{{{{_namespace}}}}","containers":[{"name":"c","image":"i","ports":[{"name":"first","containerPort":{{{{_plain}}}}}]}]}}
            """);
        (await Api.PatchAsync($"api/v1/namespaces/{_namespace}/pods/pod/status", $$$"""{"status":{"phase":"Running","podIP":"{{{PodAddress}}}"}}""")).Is(200);
        await Api.CreateAsync($"api/v1/namespaces/{_namespace}/services", """
            {"metadata":{"name":"svc"},"spec":{"selector":{"app":"x"},"ports":[{"name":"web","port":80,"targetPort":"first"},{"name":"safe","port":443}]}}
            """);
        await Api.CreateAsync($"apis/discovery.k8s.io/v1/namespaces/{_namespace}/endpointslices", $$$"""
            {"metadata":{"name":"svc-1","labels":{"kubernetes.io/service-name":"svc"}},"addressType":"IPv4","endpoints":[{"addresses":["{{{PodAddress}}}"],"conditions":{"ready":true}}],
             "ports":[{"name":"web","port":{{{_plain}}}},{"name":"safe","port":{{{_tls}}}}]}
            """);
        await cluster.SettleAsync($"apis/discovery.k8s.io/v1/namespaces/{_namespace}/endpointslices");
        await cluster.SettleAsync("api/v1/nodes");
    }

    public async Task DisposeAsync()
    {
        await _pod.DisposeAsync();
        (await Api.DeleteAsync($"api/v1/nodes/{_namespace}")).Is(200);
    }

    [Fact]
    [Behaviour("api-proxy", "Proxy responses")]
    [Behaviour("api-proxy", "ProxyWithPath responses")]
    public async Task Every_method_reaches_pod_and_service()
    {
        foreach (var target in new[] { "pods/pod", "services/svc:web" })
        {
            foreach (var method in new[] { "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" })
            {
                foreach (var (path, seen) in new[] { ("/", "/"), ("/some/path%2Fescaped/?a=b&c", "/some/path%2Fescaped/?a=b&c") })
                {
                    var answer = await Api.SendAsync(new HttpMethod(method), $"api/v1/namespaces/{_namespace}/{target}/proxy{path}", method is "GET" or "DELETE" or "OPTIONS" ? null : "body", "text/plain");
                    Assert.Equal((HttpStatusCode.OK, $"{method} {seen} {(method is "GET" or "DELETE" or "OPTIONS" ? "" : "body")}"), (answer.Code, answer.Text));
                }
            }

            var head = await Api.SendAsync(HttpMethod.Head, $"api/v1/namespaces/{_namespace}/{target}/proxy/x");
            Assert.Equal((HttpStatusCode.OK, ""), (head.Code, head.Text));
            var teapot = await Api.GetAsync($"api/v1/namespaces/{_namespace}/{target}/proxy/status/418");
            Assert.Equal(418, (int)teapot.Code);
        }
    }

    [Fact]
    [Behaviour("api-proxy", "Proxy through service and pod")]
    public async Task Ports_are_named_or_numbered_plain_or_TLS_and_links_lead_back()
    {
        string[] targets =
        [
            "pods/pod", $"pods/pod:{_plain}", $"pods/http:pod:{_plain}", $"pods/https:pod:{_tls}",
            "services/svc:web", "services/svc:80", "services/http:svc:web", "services/https:svc:safe", "services/https:svc:443",
        ];
        foreach (var target in targets)
        {
            var proxy = $"/api/v1/namespaces/{_namespace}/{target}/proxy";
            var page = await Api.GetAsync(proxy[1..] + "/page");
            Assert.Equal($"""<a href="{proxy}/rewriteme">test</a>""", page.Text);
        }

        (await Api.GetAsync($"api/v1/namespaces/{_namespace}/services/svc:none/proxy/")).Fails(503, "ServiceUnavailable");
        (await Api.GetAsync($"api/v1/namespaces/{_namespace}/pods/none/proxy/")).Fails(404, "NotFound");
    }

    /// <summary>Answers with what it was asked; /page with a link, /status/N with that code.</summary>
    private async Task<(WebApplication Pod, int Plain, int Tls)> StartPodAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var (certificate, key) = (Path.Combine(cluster.Server.Directory, "server.crt"), Path.Combine(cluster.Server.Directory, "server.key"));
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Parse(PodAddress), 0);
            kestrel.Listen(IPAddress.Parse(PodAddress), 0, listen => listen.UseHttps(System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(certificate, key)));
        });
        var pod = builder.Build();
        pod.Run(async http =>
        {
            var raw = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            if (raw == "/page")
            {
                http.Response.ContentType = "text/html";
                await http.Response.WriteAsync("""<a href="/rewriteme">test</a>""");
                return;
            }

            if (raw.StartsWith("/status/", StringComparison.Ordinal))
            {
                http.Response.StatusCode = int.Parse(raw["/status/".Length..]);
                return;
            }

            using var reader = new StreamReader(http.Request.Body);
            await http.Response.WriteAsync($"{http.Request.Method} {raw} {await reader.ReadToEndAsync()}");
        });
        await pod.StartAsync();
        var ports = pod.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(a => new Uri(a)).ToList();
        return (pod, ports.Single(p => p.Scheme == "http").Port, ports.Single(p => p.Scheme == "https").Port);
    }
}
