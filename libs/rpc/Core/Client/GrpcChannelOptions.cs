using System.IO.Compression;

namespace Grpc.Net.Client;

/// <summary>Options of a channel, read when it is made.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>
    /// Sends the requests; must speak HTTP/2. Null for a <see cref="SocketsHttpHandler"/> of the channel's own, which
    /// uses no proxy, follows no redirect and opens a further connection when all streams of one are taken.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether <see cref="HttpHandler"/> is disposed with the channel.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>Largest response message in bytes; one more ends the call with RESOURCE_EXHAUSTED. 4 MiB unless set; null for no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Largest request message in bytes; null, the default, for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Level of the compression of calls that ask for it; <see cref="System.IO.Compression.CompressionLevel.Fastest"/> unless set.</summary>
    public CompressionLevel CompressionLevel { get; set; } = CompressionLevel.Fastest;

    /// <summary>
    /// Whether a call that the caller cancels throws <see cref="OperationCanceledException"/> instead of
    /// <see cref="Core.RpcException"/>. A deadline that passed stays an <see cref="Core.RpcException"/>.
    /// </summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    /// <summary>Drives the deadlines.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
