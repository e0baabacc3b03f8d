using System.Net.Http;
using Etcd.V3;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Base;
using Kube.Robustness.Checking;
using Kube.Robustness.Chaos.Cluster;

namespace Kube.Robustness.Chaos.Workload;

/// <summary>What all clients of a run share.</summary>
internal sealed record Recorder(StoreCluster Cluster, History History, Ledger Ledger, RunClock Clock, KeySpaceLayout Keys);

/// <summary>
/// One client: it talks to one member, and to the next one when that fails. It does one operation at a time, and
/// every one is in the history with its times and end.
/// </summary>
internal sealed class Session(int client, Recorder recorder, Prng random) : IDisposable
{
    private readonly Dictionary<int, GrpcChannel> _channels = [];
    private int _turn = client;

    public int Client { get; } = client;

    public Recorder Recorder { get; } = recorder;

    public Prng Random { get; } = random;

    /// <summary>The channel to the member whose turn it is.</summary>
    public GrpcChannel Channel
    {
        get
        {
            var endpoints = Recorder.Cluster.Endpoints;
            var endpoint = endpoints[_turn % endpoints.Count];
            if (!_channels.TryGetValue(endpoint.Number, out var channel))
            {
                channel = Recorder.Cluster.Connect(endpoint);
                _channels.Add(endpoint.Number, channel);
            }

            return channel;
        }
    }

    /// <summary>Goes on to the next member.</summary>
    public void Rotate() => _turn++;

    public Task<PutResult?> PutAsync(PutOp op, CancellationToken ct) =>
        DoAsync(WorkKind.Write, op, async options => Wire.Result(await new KV.KVClient(Channel).PutAsync(Wire.Request(op), options)), ct);

    public Task<DeleteResult?> DeleteAsync(DeleteOp op, CancellationToken ct) =>
        DoAsync(WorkKind.Write, op, async options => Wire.Result(await new KV.KVClient(Channel).DeleteRangeAsync(Wire.Request(op), options)), ct);

    public Task<RangeResult?> RangeAsync(RangeOp op, CancellationToken ct) => DoAsync(
        op.IsSerializable ? WorkKind.StaleRead : WorkKind.Read,
        op,
        async options => Wire.Result(await new KV.KVClient(Channel).RangeAsync(Wire.Request(op), options)),
        ct);

    public Task<TxnResult?> TxnAsync(TxnOp op, CancellationToken ct) =>
        DoAsync(WorkKind.Txn, op, async options => Wire.Result(await new KV.KVClient(Channel).TxnAsync(Wire.Request(op), options)), ct);

    /// <summary>Does an operation and notes it; null unless it was answered.</summary>
    public async Task<T?> DoAsync<T>(WorkKind kind, KvOp op, Func<CallOptions, Task<T>> call, CancellationToken ct)
        where T : KvResult
    {
        var clock = Recorder.Clock;
        var operation = Recorder.History.Begin(Client, op, clock.Now);
        try
        {
            // The end of the run cancels no operation: what was asked for gets its answer or its time-out.
            var limit = TimeSpan.FromMilliseconds(Random.Next(1500, 5000));
            var result = await call(new CallOptions(deadline: DateTime.UtcNow + limit));
            operation.Complete(result, clock.Now);
            return result;
        }
        catch (RpcException e) when (IsRefusal(e))
        {
            operation.Refuse($"{e.StatusCode}: {e.Status.Detail}", clock.Now);
            Rotate();
            await PauseAsync(20, ct);
            return null;
        }
        catch (RpcException)
        {
            operation.Lose(clock.Now);
            Rotate();
            await PauseAsync(20, ct);
            return null;
        }
        finally
        {
            Recorder.Ledger.Add(new LedgerEntry(kind, operation.Invoked, clock.Now, operation.Outcome));
        }
    }

    /// <summary>Waits about so long, or until the run ends.</summary>
    public async Task PauseAsync(double meanMs, CancellationToken ct)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(meanMs * 2 * Random.NextDouble()), ct);
        }
        catch (OperationCanceledException)
        {
            return; // the caller looks at the token
        }
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }
    }

    /// <summary>
    /// Whether the operation certainly took no effect: the store says that the request itself is wrong, or no
    /// connection came about to send it over.
    /// </summary>
    private static bool IsRefusal(RpcException e) => e.StatusCode switch
    {
        StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.OutOfRange or StatusCode.FailedPrecondition
            or StatusCode.ResourceExhausted or StatusCode.PermissionDenied or StatusCode.Unimplemented => true,
        _ => e.Status.DebugException is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError,
        },
    };
}
