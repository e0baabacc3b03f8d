using System.Text.Json.Nodes;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>Where a node's kubelet serves, as the node's status says.</summary>
internal static class KubeletAddress
{
    private const int DefaultPort = 10250;
    private static readonly string[] Preferred = ["InternalIP", "ExternalIP", "Hostname", "InternalDNS"];

    /// <exception cref="Kube.Api.Errors.KubeStatusException">404: there is no such node; 500: it says no address.</exception>
    public static Uri Of(ResourceStore nodes, string name)
    {
        var node = nodes.FindCached("", name) ?? throw ApiErrors.NotFound(nodes.Definition, name);
        var host = HostOf(node) ?? throw ApiErrors.InternalError("no preferred addresses found; known addresses: []");
        var port = ObjectAccessor.Number(node["status"]?["daemonEndpoints"]?["kubeletEndpoint"] as JsonObject, "Port") ?? DefaultPort;
        return new UriBuilder("https", host, (int)port).Uri;
    }

    /// <summary>The address that is preferred of those the node has; null when it has none.</summary>
    public static string? HostOf(JsonObject node)
    {
        var addresses = (node["status"]?["addresses"] as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
        return Preferred
            .Select(type => addresses.Find(a => ObjectAccessor.Text(a, "type") == type))
            .Where(address => address is not null)
            .Select(address => ObjectAccessor.Text(address, "address"))
            .FirstOrDefault();
    }
}
