using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Kube.Load.Http2;

/// <summary>
/// One HTTP/2 connection that keeps a number of calls under way, all from one loop and one buffer each way. It costs
/// a few microseconds a call: on a machine where client and servers share the cores, a client library that costs ten times
/// as much would measure itself.
/// </summary>
/// <remarks>
/// It knows as much of RFC 9113 as a closed loop of calls with small requests needs, and fails on everything else.
/// </remarks>
internal sealed class LoadConnection : IDisposable
{
    private const int HeadBytes = 9;
    private const int Window = 1 << 30;
    private const int InitialSendWindow = 65_535;
    private const int MaxFrameBytes = 16_384;

    private readonly CallSource _calls;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Uri _target;
    private readonly SslClientAuthenticationOptions? _tls;
    private readonly Dictionary<int, Pending> _pending = [];
    private readonly Queue<Pending> _sending = new();
    private Stream _stream = Stream.Null;
    private byte[] _input = new byte[64 * 1024];
    private byte[] _output = new byte[64 * 1024];
    private int _inputCount;
    private int _outputCount;
    private int _nextStream = 1;
    private long _sendWindow = InitialSendWindow;
    private int _streamWindow = InitialSendWindow;
    private long _received;
    private int _headerStream;

    /// <param name="tls">How to speak TLS; null for a plain connection.</param>
    public LoadConnection(Uri target, CallSource calls, SslClientAuthenticationOptions? tls = null)
    {
        _target = target;
        _calls = calls;
        _tls = tls;
    }

    private enum FrameType : byte
    {
        Data,
        Headers,
        Priority,
        Reset,
        Settings,
        Push,
        Ping,
        GoAway,
        WindowUpdate,
        Continuation,
    }

    /// <summary>Connects and says what HTTP/2 wants said first.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(_target.Host), _target.Port), cancellationToken).ConfigureAwait(false);
        _stream = new NetworkStream(_socket, ownsSocket: false);
        if (_tls is not null)
        {
            var secure = new SslStream(_stream);
            await secure.AuthenticateAsClientAsync(_tls, cancellationToken).ConfigureAwait(false);
            _stream = secure;
        }

        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.CopyTo(_output);
        _outputCount = 24;
        // No table of headers (setting 1, value 0): a status that the static table lacks, such as 201, then comes as digits each time.
        var settings = BeginFrame(FrameType.Settings, 0, 0, 12);
        BinaryPrimitives.WriteUInt16BigEndian(settings, 1);
        BinaryPrimitives.WriteInt32BigEndian(settings[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(settings[6..], 4);
        BinaryPrimitives.WriteInt32BigEndian(settings[8..], Window);
        BinaryPrimitives.WriteInt32BigEndian(BeginFrame(FrameType.WindowUpdate, 0, 0, 4), Window);
        await SendAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps <paramref name="clients"/> calls under way until the source has no more.</summary>
    public async Task RunAsync(int clients, CancellationToken cancellationToken)
    {
        for (var i = 0; i < clients; i++)
        {
            StartCall();
        }

        while (_pending.Count > 0)
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
            var count = await _stream.ReadAsync(_input.AsMemory(_inputCount), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw new IOException($"{_target} closed the connection");
            }

            _inputCount += count;
            TakeFrames();
        }

        await SendAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_outputCount > 0)
        {
            await _stream.WriteAsync(_output.AsMemory(0, _outputCount), cancellationToken).ConfigureAwait(false);
            _outputCount = 0;
        }
    }

    private void StartCall()
    {
        if (!_calls.TryNext(out var index))
        {
            return;
        }

        var stream = _nextStream;
        _nextStream += 2;
        var headers = _calls.Headers(index, _target.Authority, stream == 1);
        var body = _calls.Body(index);
        headers.CopyTo(BeginFrame(FrameType.Headers, (byte)(body.IsEmpty ? 5 : 4), stream, headers.Length));
        var call = new Pending(stream, index, Stopwatch.GetTimestamp()) { Window = _streamWindow };
        _pending.Add(stream, call);
        if (body.IsEmpty)
        {
            return;
        }

        if (body.Length <= MaxFrameBytes && _sending.Count == 0 && Math.Min(_sendWindow, call.Window) >= body.Length)
        {
            WriteBody(call, body, isEnd: true);
            return;
        }

        // The thread's memory is another call's by the time that the server has room for this one.
        call.Unsent = body.ToArray();
        _sending.Enqueue(call);
        SendWaiting();
    }

    /// <summary>Writes what the server has room for of the bodies that wait.</summary>
    private void SendWaiting()
    {
        for (var left = _sending.Count; left > 0 && _sendWindow > 0; left--)
        {
            var call = _sending.Dequeue();
            while (!call.Unsent.IsEmpty && Math.Min(_sendWindow, call.Window) is > 0 and var room)
            {
                var count = (int)Math.Min(room, Math.Min(MaxFrameBytes, call.Unsent.Length));
                WriteBody(call, call.Unsent.Span[..count], count == call.Unsent.Length);
                call.Unsent = call.Unsent[count..];
            }

            if (!call.Unsent.IsEmpty && _pending.ContainsKey(call.Stream))
            {
                _sending.Enqueue(call);
            }
        }
    }

    private void WriteBody(Pending call, ReadOnlySpan<byte> part, bool isEnd)
    {
        part.CopyTo(BeginFrame(FrameType.Data, (byte)(isEnd ? 1 : 0), call.Stream, part.Length));
        call.Window -= part.Length;
        _sendWindow -= part.Length;
    }

    private Span<byte> BeginFrame(FrameType type, byte flags, int stream, int length)
    {
        var total = HeadBytes + length;
        if (_outputCount + total > _output.Length)
        {
            Array.Resize(ref _output, Math.Max(_output.Length * 2, _outputCount + total));
        }

        var frame = _output.AsSpan(_outputCount, total);
        _outputCount += total;
        frame[0] = (byte)(length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(frame[1..], (ushort)length);
        frame[3] = (byte)type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame[5..], stream);
        return frame[HeadBytes..];
    }

    private void TakeFrames()
    {
        var at = 0;
        while (_inputCount - at >= HeadBytes)
        {
            var head = _input.AsSpan(at, HeadBytes);
            var length = (head[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(head[1..]);
            if (_inputCount - at < HeadBytes + length)
            {
                if (HeadBytes + length > _input.Length)
                {
                    Array.Resize(ref _input, HeadBytes + length);
                }

                break;
            }

            Take((FrameType)head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head[5..]), _input.AsSpan(at + HeadBytes, length));
            at += HeadBytes + length;
        }

        _inputCount -= at;
        Array.Copy(_input, at, _input, 0, _inputCount);
        if (_received > Window / 2)
        {
            BinaryPrimitives.WriteInt32BigEndian(BeginFrame(FrameType.WindowUpdate, 0, 0, 4), (int)_received);
            _received = 0;
        }
    }

    private void Take(FrameType type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case FrameType.Data:
                _received += payload.Length;
                if (payload.Length > 0)
                {
                    var call = _pending[stream];
                    call.HasBody = true;
                    _calls.Received(call.Index, payload);
                }

                EndIf((flags & 1) != 0, stream);
                break;
            case FrameType.Headers:
                TakeStatus(stream, payload);
                _headerStream = (flags & 1) != 0 ? stream : 0;
                EndIf((flags & 5) == 5, stream);
                break;
            case FrameType.Continuation:
                EndIf((flags & 4) != 0 && _headerStream == stream, stream);
                break;
            case FrameType.Reset:
                // What follows an answer only says that the rest of the request is not wanted.
                EndIf(_pending.ContainsKey(stream), stream);
                break;
            case FrameType.Settings when (flags & 1) == 0:
                TakeSettings(payload);
                BeginFrame(FrameType.Settings, 1, 0, 0);
                SendWaiting();
                break;
            case FrameType.Ping when (flags & 1) == 0:
                payload.CopyTo(BeginFrame(FrameType.Ping, 1, 0, payload.Length));
                break;
            case FrameType.WindowUpdate:
                TakeWindow(stream, BinaryPrimitives.ReadInt32BigEndian(payload));
                SendWaiting();
                break;
            case FrameType.GoAway:
                throw new IOException($"{_target} ends the connection");
        }
    }

    private void TakeWindow(int stream, int more)
    {
        if (stream == 0)
        {
            _sendWindow += more;
        }
        else if (_pending.TryGetValue(stream, out var call))
        {
            call.Window += more;
        }
    }

    /// <summary>Of the server's settings, the window of a stream is what matters here.</summary>
    private void TakeSettings(ReadOnlySpan<byte> payload)
    {
        for (; payload.Length >= 6; payload = payload[6..])
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(payload) == 4)
            {
                var window = BinaryPrimitives.ReadInt32BigEndian(payload[2..]);
                foreach (var call in _pending.Values)
                {
                    call.Window += window - _streamWindow;
                }

                _streamWindow = window;
            }
        }
    }

    private void EndIf(bool isEnd, int stream)
    {
        if (isEnd && _pending.Remove(stream, out var call))
        {
            _calls.Done(call.Index, Stopwatch.GetTimestamp() - call.Begun, _calls.IsAnswer(call.Status, call.HasBody));
            StartCall();
        }
    }

    /// <summary>
    /// Reads :status, which comes first: a number of the static table, or three digits as they are (RFC 7541, appendix A).
    /// Trailers have none.
    /// </summary>
    private void TakeStatus(int stream, ReadOnlySpan<byte> block)
    {
        if (!_pending.TryGetValue(stream, out var call) || call.Status != 0)
        {
            return;
        }

        while (block.Length > 1 && (block[0] & 0xE0) == 0x20)
        {
            // A new size of the table.
            block = block[((block[0] & 0x1F) == 0x1F ? 1 + block[1..].IndexOfAnyInRange((byte)0, (byte)127) + 1 : 1)..];
        }

        ReadOnlySpan<int> known = [200, 204, 206, 304, 400, 404, 500];
        call.Status = block switch
        {
            [>= 0x88 and <= 0x8E, ..] => known[block[0] - 0x88],
            [0x08 or 0x48, 3, var a, var b, var c, ..] => ((a - '0') * 100) + ((b - '0') * 10) + (c - '0'),
            _ => throw new IOException($"{_target}: an answer without a status that can be read"),
        };
    }

    private sealed class Pending(int stream, int index, long begun)
    {
        public int Stream => stream;

        public int Index => index;

        public long Begun => begun;

        /// <summary>What the server has had no room for yet.</summary>
        public ReadOnlyMemory<byte> Unsent { get; set; }

        public long Window { get; set; }

        public int Status { get; set; }

        public bool HasBody { get; set; }
    }
}
