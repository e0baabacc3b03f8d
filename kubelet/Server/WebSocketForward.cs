using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Kube.Kubelet.Runtime;
using Kube.Streams;
using Kube.Streams.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Kube.Kubelet.Server;

/// <summary>
/// Port-forward over WebSocket channels, one connection for each port in the query: channel 2i for the data of port i, 2i+1
/// for its errors. Both begin with the port in two bytes, the lower one first.
/// </summary>
internal sealed class WebSocketForward(string sandbox, Func<int, CancellationToken, Task<IForwardedConnection>> connect, TimeProvider time)
{
    public const string Protocol = "v4.channel.k8s.io";

    private const int MaxPorts = 64;

    public async Task RunAsync(HttpContext context, IdleWatch idle, CancellationToken stopping)
    {
        if (Ports(context.Request.Query) is not { } ports)
        {
            await KubeletEndpoints.ErrorAsync(context, StatusCodes.Status400BadRequest, "query parameter \"port\" is required and must name ports");
            return;
        }

        await using WebSocketChannels channels = new(await WebSocketHandshake.AcceptAsync(context, Protocol, StreamSessions.KeepAlivePeriod), closes: false) { Active = idle.Touch };
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stopping, channels.Ended);
        List<Task> serving = [];
        for (int i = 0; i < ports.Count; i++)
        {
            Duplex data = new(channels.OpenReader((byte)(2 * i)), channels.OpenWriter((byte)(2 * i)));
            serving.Add(ServeAsync(ports[i], data, channels.OpenWriter((byte)((2 * i) + 1)), over.Token));
        }

        Task receiving = channels.RunAsync(stopping);
        await Task.WhenAll(serving);
        using CancellationTokenSource goodbye = new(TimeSpan.FromSeconds(5), time);
        await channels.CloseAsync(goodbye.Token);
        await channels.DisposeAsync();
        await receiving;
    }

    /// <summary>The ports of the query, in its order; null when there are none or one is no port.</summary>
    internal static List<int>? Ports(IQueryCollection query)
    {
        List<int> ports = [];
        foreach (string part in query["port"].SelectMany(p => (p ?? "").Split(',')))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535 || ports.Count == MaxPorts)
            {
                return null;
            }

            ports.Add(port);
        }

        return ports.Count > 0 ? ports : null;
    }

    private async Task ServeAsync(int port, Stream data, Stream error, CancellationToken cancellation)
    {
        try
        {
            byte[] number = new byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(number, (ushort)port);
            await data.WriteAsync(number, cancellation);
            await error.WriteAsync(number, cancellation);
            if (await ForwardAsync(port, data, cancellation) is { } failure)
            {
                await error.WriteAsync(Encoding.UTF8.GetBytes($"error forwarding port {port} to pod {sandbox}, uid : {failure}"), cancellation);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client is gone.
        }
    }

    private async Task<string?> ForwardAsync(int port, Stream data, CancellationToken cancellation)
    {
        try
        {
            await using IForwardedConnection pod = await connect(port, cancellation);
            return await ForwardCopy.RunAsync(data, pod, cancellation);
        }
        catch (Exception e) when (e is IOException or Grpc.Core.RpcException)
        {
            return e is Grpc.Core.RpcException rpc ? rpc.Status.Detail : e.Message;
        }
    }

    /// <summary>A reader and a writer as one stream.</summary>
    private sealed class Duplex(Stream reader, Stream writer) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            reader.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            writer.WriteAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
