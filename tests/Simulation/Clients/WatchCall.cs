using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.RaftStore.Server.Watches;
using Kube.RaftStore.Simulation.Core;
using Member = Kube.RaftStore.Simulation.Cluster.Member;

namespace Kube.RaftStore.Simulation.Clients;

/// <summary>A watch stream between a client and a member: requests and responses arrive in order, a little later, a few at a time.</summary>
internal sealed class WatchCall(World world, ClientCalls calls, Member member, int isSlow)
    : IAsyncStreamReader<WatchRequest>, IServerStreamWriter<WatchReply>
{
    /// <summary>Responses on their way before the member has to wait.</summary>
    private const int Window = 4;

    private readonly Queue<WatchRequest> _requests = [];
    private readonly Queue<WatchResponse> _responses = [];
    private readonly CancellationTokenSource _ending = new();
    private TaskCompletionSource? _requestWaiter;
    private TaskCompletionSource? _responseWaiter;
    private TaskCompletionSource? _roomWaiter;
    private Process? _process;
    private long _lastArrivalUs;
    private int _onTheWay;
    private bool _isClosed;

    public WatchRequest Current { get; private set; } = null!;

    public WriteOptions? WriteOptions { get; set; }

    public void Open(WatchRequest first)
    {
        _requests.Enqueue(first);
        world.After(calls.DelayUs(), world.Outside, () =>
        {
            if (member.Running is not { Watch: not null } process)
            {
                Break();
                return;
            }

            _process = process;
            process.AtEnd(() => world.After(calls.DelayUs(), world.Outside, Break));
            world.After(0, process.Context, () => _ = ServeAsync(process));
        });
    }

    public void Send(WatchRequest request) => AtMember(() =>
    {
        _requests.Enqueue(request);
        _requestWaiter?.TrySetResult();
    });

    /// <summary>The client's end: the next response, null when none came in time.</summary>
    public async Task<(WatchResponse? Response, bool IsClosed)> NextAsync(long withinUs)
    {
        if (isSlow > 0)
        {
            await world.Delay(isSlow);
        }

        if (_responses.Count == 0 && !_isClosed)
        {
            var waiter = _responseWaiter = new TaskCompletionSource();
            world.After(withinUs, world.Outside, () => waiter.TrySetResult());
            await waiter.Task;
        }

        if (!_responses.TryDequeue(out var response))
        {
            return (null, _isClosed);
        }

        AtMember(() =>
        {
            _onTheWay--;
            _roomWaiter?.TrySetResult();
        });
        return (response, false);
    }

    /// <summary>The client ends the stream.</summary>
    public void Close()
    {
        _isClosed = true;
        AtMember(_ending.Cancel);
    }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        while (_requests.Count == 0)
        {
            var waiter = _requestWaiter = new TaskCompletionSource();
            using var cancelling = cancellationToken.Register(() => waiter.TrySetCanceled(cancellationToken));
            await waiter.Task;
        }

        Current = _requests.Dequeue();
        return true;
    }

    public Task WriteAsync(WatchReply message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(WatchReply message, CancellationToken cancellationToken)
    {
        while (_onTheWay >= Window)
        {
            var waiter = _roomWaiter = new TaskCompletionSource();
            using var cancelling = cancellationToken.Register(() => waiter.TrySetCanceled(cancellationToken));
            await waiter.Task;
        }

        _onTheWay++;
        // The bytes are on the wire now: what the sender does to the message later is not seen.
        var sent = Copy(message);
        _lastArrivalUs = Math.Max(_lastArrivalUs + 1, _process!.LocalUs + calls.DelayUs());
        world.At(_lastArrivalUs, world.Outside, () =>
        {
            _responses.Enqueue(sent);
            _responseWaiter?.TrySetResult();
        });
    }

    private static WatchResponse Copy(WatchReply message)
    {
        var copy = message.Head.Clone();
        foreach (var bytes in message.Events)
        {
            copy.MergeFrom(bytes);
        }

        return copy;
    }

    private async Task ServeAsync(Process process)
    {
        try
        {
            await process.Watch.WatchAsync(this, this, new CallContext(_ending.Token));
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            // The client learns of it by the stream's end.
        }
        catch (Exception e) when (e is not ProcessCrashedException)
        {
            world.Fail($"a watch at member {process.Member.Id} threw {e.GetType().Name}: {e.Message}", e);
        }

        world.At(Math.Max(_lastArrivalUs, process.LocalUs) + 1, world.Outside, Break);
    }

    private void Break()
    {
        _isClosed = true;
        _responseWaiter?.TrySetResult();
    }

    private void AtMember(Action action)
    {
        if (_process is { IsAlive: true } process)
        {
            world.After(calls.DelayUs(), process.Context, action);
        }
    }
}
