using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Kube.RaftStore.Server.Gateway;

/// <summary>A call that came as JSON, as the services see calls. A caller is known by his token only: as in etcd, the
/// certificate of the connection does not count.</summary>
internal sealed partial class GatewayCallContext(HttpContext http, string method) : ServerCallContext
{
    private static readonly AuthContext s_nobody = new(null, []);
    private Metadata? _headers;

    protected override string MethodCore => method;

    protected override string HostCore => http.Request.Host.Value ?? "";

    protected override string PeerCore => $"{http.Connection.RemoteIpAddress}:{http.Connection.RemotePort}";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _headers ??= ReadHeaders();

    protected override CancellationToken CancellationTokenCore => http.RequestAborted;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => s_nobody;

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options)
        => throw new NotSupportedException("a call that came as JSON makes no other calls");

    private Metadata ReadHeaders()
    {
        var headers = new Metadata();
        if (http.Request.Headers.Authorization is [{ Length: > 0 } token, ..])
        {
            headers.Add("authorization", token);
        }
        return headers;
    }
}
