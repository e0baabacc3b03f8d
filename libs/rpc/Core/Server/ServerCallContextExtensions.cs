using Kube.Rpc.Server;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>What a handler can reach of the host.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>The HTTP request behind a call; valid until the handler's task completes.</summary>
    /// <exception cref="InvalidOperationException">The context was made by something other than this server.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        return serverCallContext is ServerCall call
            ? call.HttpContext
            : throw new InvalidOperationException("The call did not come over HTTP.");
    }
}
