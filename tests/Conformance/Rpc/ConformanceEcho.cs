using System.Buffers;
using System.Globalization;
using System.Text;
using Grpc.Core;

namespace Kube.Conformance.Tests.Rpc;

/// <summary>The methods that the foreign client calls, over raw bytes. It counts the calls that are not over.</summary>
internal sealed class ConformanceEcho
{
    public const string Name = "kube.conformance.Echo";

    /// <summary>Moves bytes with one copy each way.</summary>
    public static readonly Marshaller<byte[]> Bytes = Marshallers.Create<byte[]>(
        (message, context) =>
        {
            context.SetPayloadLength(message.Length);
            context.GetBufferWriter().Write(message);
            context.Complete();
        },
        context => context.PayloadAsReadOnlySequence().ToArray());

    private int _active;
    private long _flooded;

    /// <summary>Calls that hang or chat.</summary>
    public int Active => Volatile.Read(ref _active);

    public static Method<byte[], byte[]> Method(MethodType type, string name) => new(type, Name, name, Bytes, Bytes);

    public ServerServiceDefinition Build()
    {
        var builder = ServerServiceDefinition.CreateBuilder();
        AddUnary(builder);
        AddStreams(builder);
        return builder.Build();
    }

    private void AddUnary(ServerServiceDefinition.Builder builder)
    {
        void Add(string name, UnaryServerMethod<byte[], byte[]> handler) => builder.AddMethod(Method(MethodType.Unary, name), handler);

        Add("Unary", (request, _) => Task.FromResult(request));
        Add("Fail", (request, context) => throw Failure(request, context));
        Add("Throw", (_, _) => throw new InvalidTimeZoneException("broken"));
        Add("Hang", HangAsync);
        Add("Metadata", MetadataAsync);
        Add("Encoding", (_, context) => Text(context.GetHttpContext().Request.Headers["grpc-encoding"].ToString()));
        Add("Deadline", (_, context) => Text((context.Deadline - DateTime.UtcNow).TotalSeconds.ToString(CultureInfo.InvariantCulture)));
        Add("Active", (_, _) => Text(Active.ToString(CultureInfo.InvariantCulture)));
        Add("Flooded", (_, _) => Text(Interlocked.Read(ref _flooded).ToString(CultureInfo.InvariantCulture)));
    }

    private void AddStreams(ServerServiceDefinition.Builder builder)
    {
        void Add(string name, ServerStreamingServerMethod<byte[], byte[]> handler) =>
            builder.AddMethod(Method(MethodType.ServerStreaming, name), handler);

        Add("Expand", ExpandAsync);
        Add("ExpandBuffered", (request, responses, context) =>
        {
            responses.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
            return ExpandAsync(request, responses, context);
        });
        Add("FailLate", async (request, responses, context) =>
        {
            await responses.WriteAsync("before"u8.ToArray());
            throw Failure(request, context);
        });
        Add("HangStream", async (request, responses, context) =>
        {
            await responses.WriteAsync("hanging"u8.ToArray());
            await HangAsync(request, context);
        });
        Add("Flood", FloodAsync);
        builder.AddMethod(Method(MethodType.ClientStreaming, "Collect"), new ClientStreamingServerMethod<byte[], byte[]>(CollectAsync));
        builder.AddMethod(Method(MethodType.DuplexStreaming, "Chat"), new DuplexStreamingServerMethod<byte[], byte[]>(ChatAsync));
    }

    private static Task<byte[]> Text(string text) => Task.FromResult(Encoding.UTF8.GetBytes(text));

    private static RpcException Failure(byte[] request, ServerCallContext context)
    {
        var parts = Encoding.UTF8.GetString(request).Split(':', 2);
        context.ResponseTrailers.Add("reason", "asked for");
        context.ResponseTrailers.Add("raw-bin", [0, 1, 254, 255]);
        return new RpcException(new Status((StatusCode)int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]));
    }

    private static async Task<byte[]> MetadataAsync(byte[] request, ServerCallContext context)
    {
        var seen = context.RequestHeaders
            .Where(entry => entry.Key is "text" or "raw-bin")
            .Select(entry => $"{entry.Key}={(entry.IsBinary ? Convert.ToHexString(entry.ValueBytes) : entry.Value)}");
        await context.WriteResponseHeadersAsync(new Metadata { { "initial", "i" }, { "initial-bin", [0, 255] } });
        context.ResponseTrailers.Add("trailing", "t");
        context.ResponseTrailers.Add("trailing-bin", [0x7f]);
        return Encoding.UTF8.GetBytes(string.Join(';', seen));
    }

    private static async Task ExpandAsync(byte[] request, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        var parts = Encoding.UTF8.GetString(request).Split(':', 2);
        var text = Encoding.UTF8.GetBytes(parts[1]);
        for (var i = int.Parse(parts[0], CultureInfo.InvariantCulture); i > 0; i--)
        {
            await responses.WriteAsync(text);
        }
    }

    private static async Task<byte[]> CollectAsync(IAsyncStreamReader<byte[]> requests, ServerCallContext context)
    {
        var texts = new List<string>();
        await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
        {
            texts.Add(Encoding.UTF8.GetString(request));
        }

        return Encoding.UTF8.GetBytes(string.Join(',', texts));
    }

    private async Task<byte[]> HangAsync(byte[] request, ServerCallContext context)
    {
        using var active = Count();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
        return request;
    }

    private async Task FloodAsync(byte[] request, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        using var active = Count();
        // Random, so that compression does not make little of much.
        var payload = new byte[100_000];
        new Random(1).NextBytes(payload);
        while (true)
        {
            await responses.WriteAsync(payload);
            Interlocked.Add(ref _flooded, payload.Length);
        }
    }

    private async Task ChatAsync(
        IAsyncStreamReader<byte[]> requests, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        using var active = Count();
        await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
        {
            await responses.WriteAsync(request);
        }
    }

    private Counted Count()
    {
        Interlocked.Increment(ref _active);
        return new Counted(this);
    }

    private sealed class Counted(ConformanceEcho echo) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref echo._active);
    }
}
