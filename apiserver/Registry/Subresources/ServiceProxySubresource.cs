using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>services/proxy: one of the service's ready endpoints. A port is named, numbered, or the service's only one.</summary>
internal sealed class ServiceProxySubresource(IKubeletClient kubelets, Func<ResourceStore> slices) : ProxySubresource("ServiceProxyOptions")
{
    private const string ServiceLabel = "kubernetes.io/service-name";
    private int _next;

    protected override Uri Address(JsonObject obj, ProxyTarget target)
    {
        var service = new ObjectAccessor(obj);
        var name = PortName(obj, target);
        var candidates = slices().ListCached(service.Namespace)
            .Where(slice => ObjectAccessor.Text(slice["metadata"]?["labels"] as JsonObject, ServiceLabel) == service.Name)
            .SelectMany(slice => Endpoints(slice, name))
            .Distinct()
            .ToList();
        if (candidates.Count == 0)
        {
            throw ApiErrors.ServiceUnavailable($"no endpoints available for service \"{target.Name}\"");
        }

        var (host, port) = candidates[(int)((uint)Interlocked.Increment(ref _next) % candidates.Count)];
        return Build(target.Scheme, host, port);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        kubelets.SendToPodAsync(request, cancellationToken);

    /// <summary>The name of the port that the client means: slices know ports by name.</summary>
    private static string PortName(JsonObject obj, ProxyTarget target)
    {
        var ports = (obj["spec"]?["ports"] as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
        var found = target.Port.Length == 0
            ? (ports.Count == 1 ? ports[0] : ports.Find(p => ObjectAccessor.Text(p, "name").Length == 0))
            : ports.Find(p => ObjectAccessor.Text(p, "name") == target.Port
                || ObjectAccessor.Number(p, "port")?.ToString(CultureInfo.InvariantCulture) == target.Port);
        return found is null
            ? throw ApiErrors.ServiceUnavailable($"no service port \"{target.Port}\" found for service \"{target.Name}\"")
            : ObjectAccessor.Text(found, "name");
    }

    private static IEnumerable<(string Host, string Port)> Endpoints(JsonObject slice, string portName)
    {
        var port = (slice["ports"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(p => ObjectAccessor.Text(p, "name") == portName);
        if (ObjectAccessor.Number(port, "port") is not { } number)
        {
            return [];
        }

        return (slice["endpoints"] as JsonArray)?.OfType<JsonObject>()
            .Where(e => ObjectAccessor.Flag(e["conditions"] as JsonObject, "ready") ?? true)
            .SelectMany(e => (e["addresses"] as JsonArray)?.Select(a => (string?)a ?? "") ?? [])
            .Where(a => IPAddress.TryParse(a, out var ip) && AddressRules.MayServe(ip))
            .Select(a => (a, number.ToString(CultureInfo.InvariantCulture))) ?? [];
    }
}
