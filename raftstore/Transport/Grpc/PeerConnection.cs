using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Google.Protobuf;
using Kube.Raft.V1;
using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>
/// The caller's end of a stream of messages. Whoever has queued messages writes them to the socket himself, as long as it takes them: the
/// raft thread hands an append to the kernel without waking another thread for it.
/// </summary>
internal sealed class PeerConnection : IDisposable
{
    private const int TcpUserTimeout = 18;
    private const int KeptBufferBytes = 1 << 20;

    private readonly Stream _stream;
    private readonly PipeReader _input;
    private readonly SendQueue _queue;
    private readonly PeerTraffic _traffic;
    private readonly long _maxEnvelopeBytes;
    private readonly List<Message> _taken = [];
    private ArrayBufferWriter<byte> _buffer = new();
    private int _isWriting;

    private PeerConnection(Stream stream, SendQueue queue, PeerTraffic traffic, long maxEnvelopeBytes)
    {
        _stream = stream;
        _input = PipeReader.Create(stream);
        _queue = queue;
        _traffic = traffic;
        _maxEnvelopeBytes = maxEnvelopeBytes;
    }

    /// <summary>Connects, proves who both sides are, and exchanges greetings.</summary>
    public static async Task<PeerConnection> OpenAsync(
        Uri address, GrpcTransportOptions options, SendQueue queue, PeerTraffic traffic, Greeting greeting,
        CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            PrepareSocket(socket);
            await socket.ConnectAsync(address.DnsSafeHost, address.Port, cancellationToken).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (options.Tls is { } tls)
            {
                var secure = new SslStream(stream, leaveInnerStreamOpen: false);
                var proof = tls.ToClientOptions();
                proof.TargetHost = address.DnsSafeHost;
                await secure.AuthenticateAsClientAsync(proof, cancellationToken).ConfigureAwait(false);
                stream = secure;
            }

            var connection = new PeerConnection(stream, queue, traffic, options.MaxEnvelopeBytes);
            await connection.GreetAsync(greeting, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A peer that is gone without a word is found out, whether anything is sent to it or not.</summary>
    public static void PrepareSocket(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 1);
        socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeout, BitConverter.GetBytes(10_000));
    }

    /// <summary>What the other side has to say: who it is, or why it ends the stream. It says one thing each.</summary>
    public Task<GreetingReply> ReadReplyAsync(CancellationToken cancellationToken)
        => PeerFrame.ReadAsync(_input, GreetingReply.Parser, cancellationToken);

    /// <summary>Writes what is queued, unless another thread is at it, which then writes this too.</summary>
    public void Flush()
    {
        while (!_queue.IsEmpty && Interlocked.CompareExchange(ref _isWriting, 1, 0) == 0)
        {
            if (!TryWriteQueued())
            {
                return;
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private async Task GreetAsync(Greeting greeting, CancellationToken cancellationToken)
    {
        _buffer.Write(PeerFrame.Preface);
        PeerFrame.Write(_buffer, new Envelope { Greeting = greeting });
        await _stream.WriteAsync(_buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes until the queue is empty and lets go of the stream; false when that goes on elsewhere, or failed.</summary>
    private bool TryWriteQueued()
    {
        try
        {
            while (TryEncode())
            {
                var write = _stream.WriteAsync(_buffer.WrittenMemory);
                if (!write.IsCompletedSuccessfully)
                {
                    _ = FinishAsync(write);
                    return false;
                }

                write.GetAwaiter().GetResult();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The reading end sees the end of the stream and says so; nothing more is written to it.
            Dispose();
            return false;
        }

        Volatile.Write(ref _isWriting, 0);
        return true;
    }

    private async Task FinishAsync(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Dispose();
            return;
        }

        if (TryWriteQueued())
        {
            Flush();
        }
    }

    private bool TryEncode()
    {
        _queue.Take(_taken, _maxEnvelopeBytes);
        if (_taken.Count == 0)
        {
            return false;
        }

        var envelope = new Envelope();
        foreach (var message in _taken)
        {
            envelope.Messages.Add(WireFormat.ToWire(message));
        }

        _taken.Clear();
        if (_buffer.Capacity > KeptBufferBytes)
        {
            _buffer = new ArrayBufferWriter<byte>();
        }

        _buffer.ResetWrittenCount();
        PeerFrame.Write(_buffer, envelope);
        _traffic.OnSent(_buffer.WrittenCount);
        return true;
    }
}
