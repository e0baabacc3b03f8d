using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Kube.RaftStore.Host;

/// <summary>
/// Lets a port without TLS speak HTTP/1.1 and HTTP/2, as etcd's does: gRPC for its clients, JSON and /health for
/// curl. What a connection speaks is told by its first bytes. Kestrel goes by TLS' negotiation alone, so one that
/// begins with HTTP/2's preface is presented as if that had been negotiated.
/// </summary>
internal static class PlainProtocols
{
    /// <summary>The time for the first bytes. Every client speaks first, so whoever says nothing is no client, or is gone.</summary>
    public static readonly TimeSpan FirstBytesLimit = TimeSpan.FromSeconds(30);

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Puts it before HTTP on a listener.</summary>
    public static void UseOn(ListenOptions listen, TimeProvider time) => listen.Use(next => async connection =>
    {
        bool isHttp2;
        using (var limit = new CancellationTokenSource(FirstBytesLimit, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed))
        {
            try
            {
                isHttp2 = await IsHttp2Async(connection, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                connection.Abort(new ConnectionAbortedException($"no request within {FirstBytesLimit.TotalSeconds} s"));
                return;
            }
        }
        if (isHttp2)
        {
            var negotiated = new Http2Negotiated();
            connection.Features.Set<ITlsConnectionFeature>(negotiated);
            connection.Features.Set<ITlsApplicationProtocolFeature>(negotiated);
        }
        await next(connection).ConfigureAwait(false);
    });

    /// <summary>Looks at the first bytes and leaves them.</summary>
    private static async ValueTask<bool> IsHttp2Async(ConnectionContext connection, CancellationToken cancellationToken)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var length = (int)Math.Min(read.Buffer.Length, Preface.Length);
            var isPossible = IsPrefix(read.Buffer.Slice(0, length));
            var isDecided = !isPossible || length == Preface.Length || read.IsCompleted || read.IsCanceled;
            input.AdvanceTo(read.Buffer.Start, isDecided ? read.Buffer.Start : read.Buffer.End);
            if (isDecided)
            {
                return isPossible && length == Preface.Length;
            }
        }
    }

    private static bool IsPrefix(ReadOnlySequence<byte> bytes)
    {
        Span<byte> first = stackalloc byte[24];
        bytes.CopyTo(first);
        return Preface.StartsWith(first[..(int)bytes.Length]);
    }

    private sealed class Http2Negotiated : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
