using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>
/// nodes/proxy, pods/proxy and services/proxy: any request passed on to what the object stands for. Names may be
/// <c>[https:]NAME[:PORT]</c>.
/// </summary>
internal abstract class ProxySubresource(string kind) : IConnectSubresource
{
    private static readonly string[] Served = ["create", "delete", "get", "patch", "update"];

    public GroupVersionKind Kind { get; } = new("", "v1", kind);

    public IReadOnlyList<string> Verbs => Served;

    public JsonObject? OptionsOf(HttpContext http, RequestInfo request)
    {
        var options = new JsonObject { ["kind"] = Kind.Kind, ["apiVersion"] = "v1" };
        if (Rest(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget).Path is { Length: > 0 } path)
        {
            options["path"] = Uri.UnescapeDataString(path);
        }

        return options;
    }

    public async Task ConnectAsync(HttpContext http, RequestInfo request, UserInfo user, ResourceStore store, CancellationToken cancellationToken)
    {
        if (!Served.Contains(request.Verb) && !HttpMethods.IsOptions(http.Request.Method))
        {
            throw ApiErrors.MethodNotSupported();
        }

        var target = ProxyTarget.TryParse(request.Name) ?? throw ApiErrors.BadRequest($"invalid {store.Definition.Info.Singular} request \"{request.Name}\"");
        var raw = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var (path, query) = Rest(raw);
        if (path.Length == 0 && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) && !BackendProxy.IsUpgrade(http.Request))
        {
            // Relative links of a page need the slash.
            http.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            http.Response.Headers.Location = http.Request.Path + "/" + query;
            return;
        }

        var obj = await store.FindAsync(request.Namespace, target.Name, cancellationToken).ConfigureAwait(false)
            ?? throw ApiErrors.NotFound(store.Definition, target.Name);
        var address = Address(obj, target);
        var links = new ProxyLinks(raw[..(raw.Length - query.Length - path.Length)], address.Authority, $"{http.Request.Scheme}://{http.Request.Host}");
        await BackendProxy.RunAsync(http, new Uri(address, (path.Length == 0 ? "/" : path) + query), SendAsync, links, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where the object's requests go: scheme, host and port.</summary>
    /// <exception cref="Kube.Api.Errors.KubeStatusException">The object does not say, or says what may not be.</exception>
    protected abstract Uri Address(JsonObject obj, ProxyTarget target);

    protected abstract Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    protected static Uri Build(string scheme, string host, string port) =>
        new($"{scheme}://{(host.Contains(':') ? $"[{host}]" : host)}{(port.Length > 0 ? ":" + port : "")}");

    /// <summary>What stands behind /proxy as the client wrote it, escapes and last slash included.</summary>
    internal static (string Path, string Query) Rest(string target)
    {
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? target : target[..mark];
        var query = mark < 0 ? "" : target[mark..];
        const string Marker = "/proxy";
        // /api/v1/nodes/NAME/proxy, /api/v1/namespaces/NS/pods/NAME/proxy: the first segment of that name behind the fourth.
        var at = 0;
        for (var segment = 0; segment < 4 && at >= 0; segment++)
        {
            at = path.IndexOf('/', at + 1);
        }

        while (at >= 0 && (at = path.IndexOf(Marker, at, StringComparison.Ordinal)) >= 0)
        {
            var end = at + Marker.Length;
            if (end == path.Length || path[end] == '/')
            {
                return (path[end..], query);
            }

            at = end;
        }

        return ("", query);
    }
}

/// <summary>An object's name with the scheme and port that a client may put around it.</summary>
internal readonly record struct ProxyTarget(string Scheme, string Name, string Port)
{
    public static ProxyTarget? TryParse(string text)
    {
        var parts = text.Split(':');
        return parts switch
        {
            [{ Length: > 0 } name] => new("http", name, ""),
            [{ Length: > 0 } name, var port] => new("http", name, port),
            [var scheme and ("" or "http" or "https"), { Length: > 0 } name, var port] => new(scheme.Length == 0 ? "http" : scheme, name, port),
            _ => null,
        };
    }
}

/// <summary>nodes/proxy: the kubelet, or another port of the node.</summary>
internal sealed class NodeProxySubresource(IKubeletClient kubelets) : ProxySubresource("NodeProxyOptions")
{
    protected override Uri Address(JsonObject obj, ProxyTarget target)
    {
        var host = KubeletAddress.HostOf(obj) ?? throw ApiErrors.InternalError("no preferred addresses found; known addresses: []");
        var own = ObjectAccessor.Number(obj["status"]?["daemonEndpoints"]?["kubeletEndpoint"] as JsonObject, "Port") ?? 10250;
        var port = own.ToString(CultureInfo.InvariantCulture);

        // Only the kubelet gets our certificate, and only there is it asked for.
        return target.Port.Length == 0 || target.Port == port
            ? Build("https", host, port)
            : throw ApiErrors.BadRequest($"port {target.Port} of node {target.Name} is not its kubelet's");
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        kubelets.SendAsync(request, cancellationToken);
}

/// <summary>pods/proxy: a port of the pod, the first that it declares if none is named.</summary>
internal sealed class PodProxySubresource(IKubeletClient kubelets, Func<ResourceStore> nodes) : ProxySubresource("PodProxyOptions")
{
    protected override Uri Address(JsonObject obj, ProxyTarget target)
    {
        var address = ObjectAccessor.Text(obj["status"] as JsonObject, "podIP");
        if (!IPAddress.TryParse(address, out var ip) || !Allowed(ip, ObjectAccessor.Text(obj["spec"] as JsonObject, "nodeName")))
        {
            throw ApiErrors.BadRequest("address not allowed");
        }

        var port = target.Port.Length > 0 ? target.Port : (obj["spec"]?["containers"] as JsonArray)?.OfType<JsonObject>()
            .SelectMany(c => (c["ports"] as JsonArray)?.OfType<JsonObject>() ?? [])
            .Select(p => ObjectAccessor.Number(p, "containerPort")?.ToString(CultureInfo.InvariantCulture))
            .FirstOrDefault() ?? "";
        return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _) || port.Length == 0
            ? Build(target.Scheme, address, port)
            : throw ApiErrors.BadRequest($"invalid pod request \"{target.Name}:{target.Port}\"");
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        kubelets.SendToPodAsync(request, cancellationToken);

    /// <summary>
    /// No address that means this machine or its link, as in Kubernetes; but on a node whose own address is a loopback one, pods have such too.
    /// </summary>
    private bool Allowed(IPAddress ip, string node)
    {
        if (IPAddress.IsLoopback(ip))
        {
            return nodes().FindCached("", node) is { } home
                && IPAddress.TryParse(KubeletAddress.HostOf(home), out var own) && IPAddress.IsLoopback(own);
        }

        return AddressRules.IsGlobalUnicast(ip);
    }
}

/// <summary>Which addresses a proxy may be sent to.</summary>
internal static class AddressRules
{
    /// <summary>
    /// What an endpoint of a service may be: besides the above, a loopback address outside 127.0.0.0/16, as pods of the process runtime have
    /// on a loopback node.
    /// </summary>
    public static bool MayServe(IPAddress ip) =>
        IsGlobalUnicast(ip) || (ip.GetAddressBytes() is [127, not 0, _, _]);

    /// <summary>Neither unspecified, loopback, link-local nor multicast.</summary>
    public static bool IsGlobalUnicast(IPAddress ip)
    {
        var bytes = ip.GetAddressBytes();
        return !IPAddress.IsLoopback(ip)
            && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any) && !ip.Equals(IPAddress.Broadcast)
            && !ip.IsIPv6LinkLocal && !ip.IsIPv6Multicast
            && (bytes.Length != 4 || (bytes[0] is < 224 or >= 240 && !(bytes[0] == 169 && bytes[1] == 254)));
    }
}
