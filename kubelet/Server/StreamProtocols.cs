using Microsoft.AspNetCore.Http;

namespace Kube.Kubelet.Server;

/// <summary>How a request asks for streams, and which of the protocols that it names is taken.</summary>
internal static class StreamProtocols
{
    public const string Spdy = "SPDY/3.1";
    public const string VersionHeader = "X-Stream-Protocol-Version";
    public const string PortForward = "portforward.k8s.io";

    /// <summary>SPDY's bytes in a WebSocket's messages (KEP 4006).</summary>
    public const string TunnelledPortForward = "SPDY/3.1+portforward.k8s.io";

    private const string AcceptedHeader = "X-Accepted-Stream-Protocol-Versions";

    /// <summary>Whether the request wants its connection to become SPDY.</summary>
    public static bool WantsSpdy(HttpRequest request) =>
        request.Headers.Connection.ToString().Contains("upgrade", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Upgrade.ToString().Equals(Spdy, StringComparison.OrdinalIgnoreCase);

    /// <summary>The protocols in the header, in the client's order; each may stand in a line of its own or several in one.</summary>
    public static IReadOnlyList<string> Asked(HttpRequest request) =>
        [.. request.Headers[VersionHeader].SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>The first that both know; null when there is none, and then the answer is written.</summary>
    public static async Task<string?> NegotiateAsync(HttpContext context, IReadOnlyList<string> asked, IReadOnlyList<string> served)
    {
        if (asked.FirstOrDefault(served.Contains) is { } common)
        {
            return common;
        }

        foreach (string each in served)
        {
            context.Response.Headers.Append(AcceptedHeader, each);
        }

        await KubeletEndpoints.ErrorAsync(
            context,
            StatusCodes.Status403Forbidden,
            $"unable to upgrade: unable to negotiate protocol: client supports [{string.Join(' ', asked)}], server accepts [{string.Join(' ', served)}]");
        return null;
    }
}
