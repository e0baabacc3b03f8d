using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Kube.Proto.Cri.V1;
using Kube.Streams.Remote;
using Kube.Streams.Spdy;

namespace Kube.Kubelet.Runtime.Containerd;

/// <summary>
/// Streams of a runtime outside the kubelet: CRI answers with the address of a streaming server, which speaks SPDY (containerd
/// speaks nothing else). The kubelet is its client, and so translates whatever its own client speaks.
/// </summary>
internal sealed class CriStreams(ICriRuntime runtime, TimeProvider time) : IContainerStreams
{
    private const int MaxErrorBytes = 64 * 1024;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    public async Task<RemoteStatus> ExecAsync(
        string containerId, IReadOnlyList<string> command, bool terminal, RemoteSession session, CancellationToken cancellation)
    {
        ExecRequest request = new()
        {
            ContainerId = containerId,
            Tty = terminal,
            Stdin = session.Input is not null,
            Stdout = session.Output is not null,
            Stderr = session.Error is not null,
        };
        request.Cmd.Add(command);
        ExecResponse answer = await runtime.ExecAsync(request, cancellation);
        return await RunAsync(answer.Url, terminal, session, cancellation);
    }

    public async Task<RemoteStatus> AttachAsync(string containerId, bool terminal, RemoteSession session, CancellationToken cancellation)
    {
        AttachRequest request = new()
        {
            ContainerId = containerId,
            Tty = terminal,
            Stdin = session.Input is not null,
            Stdout = session.Output is not null,
            Stderr = session.Error is not null,
        };
        AttachResponse answer = await runtime.AttachAsync(request, cancellation);
        return await RunAsync(answer.Url, terminal, session, cancellation);
    }

    public async Task<IForwardedConnection> ConnectAsync(string sandboxId, int port, CancellationToken cancellation)
    {
        PortForwardRequest request = new() { PodSandboxId = sandboxId };
        request.Port.Add(port);
        PortForwardResponse answer = await runtime.PortForwardAsync(request, cancellation);
        SpdyConnection connection = await DialAsync(answer.Url, "portforward.k8s.io", cancellation);
        Task<Exception?> running = connection.RunAsync(CancellationToken.None);
        try
        {
            string number = port.ToString(CultureInfo.InvariantCulture);
            SpdyStream error = await connection.OpenAsync([new("streamtype", "error"), new("port", number), new("requestid", "0")], cancellation);
            await error.EndWritesAsync(cancellation);
            SpdyStream data = await connection.OpenAsync([new("streamtype", "data"), new("port", number), new("requestid", "0")], cancellation);
            return new Forwarded(connection, running, data, error);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<RemoteStatus> RunAsync(string url, bool terminal, RemoteSession session, CancellationToken cancellation)
    {
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation, session.Gone);
        await using SpdyConnection connection = await DialAsync(url, SpdyRemoteSession.V4, gone.Token);
        Task<Exception?> running = connection.RunAsync(gone.Token);
        SpdyStream status = await OpenAsync(connection, "error", gone.Token);
        await status.EndWritesAsync(gone.Token);
        SpdyStream? input = session.Input is null ? null : await OpenAsync(connection, "stdin", gone.Token);
        SpdyStream? output = session.Output is null ? null : await OpenAsync(connection, "stdout", gone.Token);
        SpdyStream? error = session.Error is null ? null : await OpenAsync(connection, "stderr", gone.Token);
        SpdyStream? sizes = terminal ? await OpenAsync(connection, "resize", gone.Token) : null;
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        Task typing = input is null
            ? Task.CompletedTask
            : TypeAsync(session.Input!, input, done.Token);
        Task sizing = sizes is null || session.Sizes is null ? Task.CompletedTask : SizeAsync(session, sizes, done.Token);
        try
        {
            await Task.WhenAll(
                output is null ? Task.CompletedTask : OutAsync(output, session.Output, gone.Token),
                error is null ? Task.CompletedTask : OutAsync(error, session.Error, gone.Token));
            return RemoteStatus.Parse(await ReadAllAsync(status, gone.Token));
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(typing, sizing);
            await connection.DisposeAsync();
            await running;
        }
    }

    /// <summary>Copies the command's output. A runtime that is done may reset its streams instead of ending them: the status says how it went.</summary>
    private static async Task OutAsync(SpdyStream from, Stream? to, CancellationToken cancellation)
    {
        try
        {
            await StreamCopy.OutAsync(from, to, cancellation);
        }
        catch (SpdyException)
        {
            // What came before the reset has been read.
        }
    }

    private static async Task TypeAsync(Stream typed, SpdyStream input, CancellationToken cancellation)
    {
        await StreamCopy.InAsync(typed, input, static () => { }, cancellation);
        try
        {
            await input.EndWritesAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The command has ended.
        }
    }

    private static async Task SizeAsync(RemoteSession session, SpdyStream sizes, CancellationToken cancellation)
    {
        try
        {
            await foreach (TerminalSize size in session.Sizes!.ReadAllAsync(cancellation))
            {
                await sizes.WriteAsync(size.ToJson(), cancellation);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The command has ended.
        }
    }

    private static Task<SpdyStream> OpenAsync(SpdyConnection connection, string type, CancellationToken cancellation) =>
        connection.OpenAsync([new("streamtype", type)], cancellation);

    /// <summary>What the runtime has to say at the end. It closes the connection behind its last word, without ending the stream.</summary>
    private static async Task<byte[]> ReadAllAsync(SpdyStream stream, CancellationToken cancellation)
    {
        byte[] buffer = new byte[MaxErrorBytes];
        int length = 0;
        try
        {
            while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), cancellation) is > 0 and var read)
            {
                length += read;
            }
        }
        catch (SpdyException) when (length > 0)
        {
            // It has been said.
        }

        return buffer[..length];
    }

    /// <summary>Connects to a streaming server and makes the connection SPDY.</summary>
    private async Task<SpdyConnection> DialAsync(string url, string protocol, CancellationToken cancellation)
    {
        Uri address = new(url);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using CancellationTokenSource limit = new(ConnectLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(address.Host, address.Port), either.Token);
            NetworkStream transport = new(socket, ownsSocket: true);
            string request = $"POST {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
                + $"X-Stream-Protocol-Version: {protocol}\r\nContent-Length: 0\r\n\r\n";
            await transport.WriteAsync(Encoding.ASCII.GetBytes(request), either.Token);
            string head = await ReadHeadAsync(transport, either.Token);
            return head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal)
                ? new SpdyConnection(transport, server: false)
                : throw new IOException($"the runtime's streaming server answered {head.Split('\r')[0]}");
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            socket.Dispose();
            throw e is OperationCanceledException && cancellation.IsCancellationRequested
                ? e
                : new IOException($"the runtime's streaming server cannot be reached: {e.Message}", e);
        }
    }

    /// <summary>Reads up to the empty line, and not a byte more: what follows is SPDY's.</summary>
    private static async Task<string> ReadHeadAsync(Stream transport, CancellationToken cancellation)
    {
        const int MaxHeadBytes = 16 * 1024;
        ArrayBufferWriter<byte> head = new();
        byte[] one = new byte[1];
        while (head.WrittenCount < MaxHeadBytes && !head.WrittenSpan.EndsWith("\r\n\r\n"u8))
        {
            await transport.ReadExactlyAsync(one, cancellation);
            head.Write(one);
        }

        return Encoding.ASCII.GetString(head.WrittenSpan);
    }

    private sealed class Forwarded(SpdyConnection connection, Task running, SpdyStream data, SpdyStream error) : IForwardedConnection
    {
        public Stream Stream => data;

        public Task EndWritesAsync(CancellationToken cancellation) => data.EndWritesAsync(cancellation);

        public async Task<string?> FailureAsync(CancellationToken cancellation)
        {
            byte[] told = await ReadAllAsync(error, cancellation);
            return told.Length > 0 ? Encoding.UTF8.GetString(told) : null;
        }

        public async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            await running;
        }
    }
}
