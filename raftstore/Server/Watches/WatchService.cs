using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.RaftStore.Apply;

namespace Kube.RaftStore.Server.Watches;

/// <summary>etcd's Watch service.</summary>
public sealed partial class WatchService : IAsyncDisposable
{
    internal static readonly Method<WatchRequest, WatchReply> Method = new(
        MethodType.DuplexStreaming,
        "etcdserverpb.Watch",
        "Watch",
        new Marshaller<WatchRequest>(
            static (request, context) => context.Complete(request.ToByteArray()),
            static context => WatchRequest.Parser.ParseFrom(context.PayloadAsReadOnlySequence())),
        WatchReply.Marshaller);

    private readonly StoreServer _server;
    private readonly TimeProvider _time;
    private readonly WatchHub _hub;

    public WatchService(StoreServer server, TimeProvider time)
    {
        _server = server;
        _time = time;
        _hub = new WatchHub(server.Machine);
    }

    /// <summary>Watches open on this member, those of them that are behind, and the streams they come on.</summary>
    public int WatcherCount => _hub.WatcherCount;

    public int LaggingCount => _hub.LaggingCount;

    public int StreamCount => _hub.StreamCount;

    /// <summary>Events sent since this process started.</summary>
    public long EventsSent => _hub.EventsSent;

    /// <summary>Faults when watches cannot be served any more; completes on disposal.</summary>
    public Task Completion => _hub.Completion;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    /// <summary>The service to be mapped. Bound by hand, since its responses are made of bytes that watches share.</summary>
    public ServerServiceDefinition Definition => ServerServiceDefinition.CreateBuilder().AddMethod(Method, WatchAsync).Build();

    /// <summary>Why the caller may not watch, as etcd gives the reason; null when he may.</summary>
    private async ValueTask<string?> RefusalAsync(WatchCreateRequest request, ServerCallContext context)
    {
        try
        {
            // An empty key stands for the smallest there is.
            var key = request.Key.IsEmpty ? ByteString.CopyFrom(0) : request.Key;
            await _server.Access.RequireReadAsync(context, key, request.RangeEnd);
            return null;
        }
        catch (RpcException e)
        {
            return $"rpc error: code = {e.StatusCode} desc = {e.Status.Detail}";
        }
    }

    internal async Task WatchAsync(
        IAsyncStreamReader<WatchRequest> requestStream, IServerStreamWriter<WatchReply> responseStream, ServerCallContext context)
    {
        _server.RefuseOnLearner();
        _server.CheckLeader(context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        using var leader = StoreServer.RequiresLeader(context) ? new LeaderGuard(_server.Log, _time, ending) : null;
        var stream = new WatchStream(_hub, _server, responseStream, request => RefusalAsync(request, context));
        var sending = stream.SendAsync(_server.Options.WatchProgressNotifyInterval, _time, ending.Token);
        var receiving = stream.ReceiveAsync(requestStream, ending.Token);
        try
        {
            var first = await Task.WhenAny(receiving, sending);
            await first;
            // A client that will send no more requests still gets its events.
            await sending;
        }
        catch (OperationCanceledException) when (leader?.HasFired == true)
        {
            throw StoreServer.Refuse(EtcdError.NoLeader);
        }
        finally
        {
            stream.Close();
            ending.Cancel();
            await Task.WhenAll(sending, receiving).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
