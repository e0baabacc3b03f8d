using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Apply;

namespace Kube.RaftStore.Server.Watches;

/// <summary>etcd's Watch service.</summary>
public sealed class WatchService : Watch.WatchBase, IAsyncDisposable
{
    private readonly StoreServer _server;
    private readonly TimeProvider _time;
    private readonly WatchHub _hub;

    public WatchService(StoreServer server, TimeProvider time)
    {
        _server = server;
        _time = time;
        _hub = new WatchHub(server.Machine);
    }

    /// <summary>Watches open on this member.</summary>
    public int WatcherCount => _hub.WatcherCount;

    /// <summary>Faults when watches cannot be served any more; completes on disposal.</summary>
    public Task Completion => _hub.Completion;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    public override async Task Watch(
        IAsyncStreamReader<WatchRequest> requestStream, IServerStreamWriter<WatchResponse> responseStream, ServerCallContext context)
    {
        _server.CheckLeader(context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        using var leader = StoreServer.RequiresLeader(context) ? new LeaderGuard(_server.Log, _time, ending) : null;
        var stream = new WatchStream(_hub, _server, responseStream);
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
