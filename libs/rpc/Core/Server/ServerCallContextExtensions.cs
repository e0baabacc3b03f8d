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

    /// <summary>
    /// Writes the response of a call without response streaming part by part, no faster than the client takes it; what the handler
    /// returns afterwards is not written.
    /// </summary>
    /// <param name="context">The call.</param>
    /// <param name="parts">The response.</param>
    /// <param name="stallLimit">The time within which the client must take a part.</param>
    /// <returns>False, with nothing written, when this call cannot: the handler then returns the response.</returns>
    /// <exception cref="OperationCanceledException">The client is gone, or took nothing in time.</exception>
    public static ValueTask<bool> TryWriteInPartsAsync(this ServerCallContext context, IMessageParts parts, TimeSpan stallLimit) =>
        context is ServerCall call ? call.TryWriteInPartsAsync(parts, stallLimit) : ValueTask.FromResult(false);
}
