using System.Diagnostics;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Rpc;

namespace Kube.Conformance.Tests.Rpc;

/// <summary>Our client over a unix socket, calling the grpc-go server of a containerd of the test's own.</summary>
public sealed class ContainerdTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Metadata Namespace = new() { { "containerd-namespace", "conformance" } };

    private readonly string _home = Directory.CreateTempSubdirectory("kube-containerd-").FullName;
    private Process? _containerd;
    private Task<string> _log = Task.FromResult("");
    private GrpcChannel _channel = null!;
    private CallInvoker _calls = null!;

    public async Task InitializeAsync()
    {
        var socket = Path.Combine(_home, "s");
        var config = Path.Combine(_home, "config.toml");
        await File.WriteAllTextAsync(config, $"""
            version = 2
            root = "{_home}/root"
            state = "{_home}/state"
            [grpc]
            address = "{socket}"
            [plugins."io.containerd.internal.v1.opt"]
            path = "{_home}/opt"
            [plugins."io.containerd.grpc.v1.cri"]
            stream_server_address = "127.0.0.1"
            stream_server_port = "0"
            """);
        try
        {
            _containerd = Process.Start(new ProcessStartInfo("containerd", ["--config", config]) { RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"needs containerd: apt-get install containerd ({e.Message})");
        }

        _log = _containerd.StandardError.ReadToEndAsync();
        _channel = UnixSocketConnector.CreateChannel(socket);
        _calls = _channel.CreateCallInvoker();
        await UntilHealthyAsync();
    }

    public async Task DisposeAsync()
    {
        _channel?.Dispose();
        if (_containerd is not null)
        {
            if (!_containerd.HasExited)
            {
                // SIGTERM, so that it lets go of its mounts and sockets.
                using var kill = Process.Start("kill", ["-TERM", $"{_containerd.Id}"]);
                await kill.WaitForExitAsync();
                using var patience = new CancellationTokenSource(Patience);
                await _containerd.WaitForExitAsync(patience.Token);
            }

            _containerd.Dispose();
        }

        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Version_OfCri()
    {
        var reply = await UnaryAsync("/runtime.v1.RuntimeService/Version", Message((1, "v1")));
        var fields = Fields(reply);
        Assert.Equal("containerd", fields[2]);
        Assert.Equal("v1", fields[4]);
    }

    [Fact]
    public async Task Error_OfUnknownContainer()
    {
        var e = await Assert.ThrowsAsync<RpcException>(
            () => UnaryAsync("/runtime.v1.RuntimeService/ContainerStatus", Message((1, "no-such-container"))));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
        Assert.Contains("no-such-container", e.Status.Detail);
        e = await Assert.ThrowsAsync<RpcException>(() => UnaryAsync("/no.Such/Thing", []));
        Assert.Equal(new Status(StatusCode.Unimplemented, "unknown service no.Such"), e.Status);
    }

    [Fact]
    public async Task Deadline_IsKept()
    {
        using var events = _calls.AsyncServerStreamingCall(
            Raw(MethodType.ServerStreaming, "/containerd.services.events.v1.Events/Subscribe"),
            null,
            new CallOptions(deadline: DateTime.UtcNow.AddSeconds(0.5)),
            []);
        var e = await Assert.ThrowsAsync<RpcException>(() => events.ResponseStream.MoveNext().WaitAsync(Patience));
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    /// <summary>A stream of events, of which one is caused by a unary call beside it.</summary>
    [Fact]
    public async Task ServerStream_OfEvents()
    {
        using var events = _calls.AsyncServerStreamingCall(
            Raw(MethodType.ServerStreaming, "/containerd.services.events.v1.Events/Subscribe"), null, default, []);

        // grpc-go sends no headers before the first event, so whether the subscription stands shows only in one.
        var next = events.ResponseStream.MoveNext();
        for (var i = 0; !next.IsCompleted; i++)
        {
            await UnaryAsync("/containerd.services.namespaces.v1.Namespaces/Create", Message((1, Message((1, $"ns-{i}")))));
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System)).WaitAsync(Patience);
        }

        Assert.True(await next);
        Assert.Equal("/namespaces/create", Fields(events.ResponseStream.Current)[3]);
        events.Dispose();
        Assert.Equal(StatusCode.Cancelled, events.GetStatus().StatusCode);
    }

    /// <summary>Content goes up in one stream of 4 MiB messages and comes back in another.</summary>
    [Fact]
    public async Task DuplexStream_OfLargeMessages()
    {
        await UnaryAsync("/containerd.services.namespaces.v1.Namespaces/Create", Message((1, Message((1, "conformance")))));
        var chunk = new byte[4 * 1024 * 1024];
        new Random(7).NextBytes(chunk);
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var write = _calls.AsyncDuplexStreamingCall(
            Raw(MethodType.DuplexStreaming, "/containerd.services.content.v1.Content/Write"), null, new CallOptions(Namespace));
        const int chunks = 3;
        for (var i = 0; i < chunks; i++)
        {
            hash.AppendData(chunk);
            await write.RequestStream.WriteAsync(Message((1, 1), (2, "upload"), (5, i * chunk.Length), (6, chunk)));
            Assert.True(await write.ResponseStream.MoveNext().WaitAsync(Patience));
        }

        var digest = "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
        await write.RequestStream.WriteAsync(Message((1, 2), (2, "upload"), (3, chunks * chunk.Length), (4, digest), (5, chunks * chunk.Length)));
        await write.RequestStream.CompleteAsync();
        var committed = "";
        while (await write.ResponseStream.MoveNext().WaitAsync(Patience))
        {
            // Field 6 is the digest, which only the answer to the commit has.
            committed = Fields(write.ResponseStream.Current).GetValueOrDefault(6, "");
        }

        Assert.Equal(digest, committed);

        using var read = _calls.AsyncServerStreamingCall(
            Raw(MethodType.ServerStreaming, "/containerd.services.content.v1.Content/Read"),
            null,
            new CallOptions(Namespace),
            Message((1, digest)));
        var size = 0L;
        while (await read.ResponseStream.MoveNext().WaitAsync(Patience))
        {
            var data = Data(read.ResponseStream.Current);
            hash.AppendData(data);
            size += data.Length;
        }

        Assert.Equal(chunks * chunk.Length, size);
        Assert.Equal(digest, "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static Method<byte[], byte[]> Raw(MethodType type, string path)
    {
        var split = path.LastIndexOf('/');
        return new Method<byte[], byte[]>(type, path[1..split], path[(split + 1)..], ConformanceEcho.Bytes, ConformanceEcho.Bytes);
    }

    /// <summary>A protobuf message by hand: strings, bytes and integers by field number.</summary>
    private static byte[] Message(params (int Number, object Value)[] fields)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            foreach (var (number, value) in fields)
            {
                switch (value)
                {
                    case string text:
                        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
                        output.WriteString(text);
                        break;
                    case byte[] bytes:
                        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
                        output.WriteBytes(ByteString.CopyFrom(bytes));
                        break;
                    case int integer:
                        output.WriteTag(number, WireFormat.WireType.Varint);
                        output.WriteInt64(integer);
                        break;
                }
            }
        }

        return stream.ToArray();
    }

    /// <summary>The fields of a message that are length-delimited, as text.</summary>
    private static Dictionary<int, string> Fields(byte[] message) =>
        Read(message).ToDictionary(field => field.Key, field => Encoding.UTF8.GetString(field.Value));

    private static byte[] Data(byte[] message) => Read(message).TryGetValue(2, out var data) ? data : [];

    private static Dictionary<int, byte[]> Read(byte[] message)
    {
        var fields = new Dictionary<int, byte[]>();
        var input = new CodedInputStream(message);
        uint tag;
        while ((tag = input.ReadTag()) != 0)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                fields[WireFormat.GetTagFieldNumber(tag)] = input.ReadBytes().ToByteArray();
            }
            else
            {
                input.SkipLastField();
            }
        }

        return fields;
    }

    private async Task<byte[]> UnaryAsync(string path, byte[] request) =>
        await _calls.AsyncUnaryCall(Raw(MethodType.Unary, path), null, new CallOptions(Namespace), request).ResponseAsync.WaitAsync(Patience);

    private async Task UntilHealthyAsync()
    {
        var began = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                // HealthCheckResponse { status: SERVING }
                var health = await UnaryAsync("/grpc.health.v1.Health/Check", []);
                Assert.Equal(new byte[] { 8, 1 }, health);
                return;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable && began.Elapsed < Patience && !_containerd!.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
            catch (Exception e)
            {
                var log = _containerd!.HasExited ? await _log : "it still runs";
                throw new InvalidOperationException($"containerd does not answer: {e.Message}\n{log}", e);
            }
        }
    }
}
