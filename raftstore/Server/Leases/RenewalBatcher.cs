using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.Store.V1;

namespace Kube.RaftStore.Server.Leases;

/// <summary>
/// Gathers lease renewals and proposes them together: while one batch is on its way the next fills, so that the
/// log gets at most one renewal entry a round trip from each member, however many leases are kept alive.
/// </summary>
/// <remarks>
/// Renewals go through the log, unlike etcd's, which only the leader knows. So every member's clock sees them, a
/// renewal that was answered is never forgotten by a change of leader, and one that stands in the log before an
/// expiry wins over it.
/// </remarks>
public sealed class RenewalBatcher(StoreServer server)
{
    private const int MaxBatch = 4096;
    private const int MaxWaiting = 65536;

    private readonly Lock _gate = new();
    private readonly Queue<(long Id, TaskCompletionSource<long> Done)> _waiting = [];
    private bool _running;

    /// <summary>Renews a lease.</summary>
    /// <returns>Its time to live in seconds from now, or 0 when there is no such lease.</returns>
    /// <exception cref="RpcException">The renewal could not be committed.</exception>
    public async Task<long> RenewAsync(long id)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_waiting.Count >= MaxWaiting)
            {
                throw StoreServer.Refuse(EtcdError.TooManyRequests);
            }
            _waiting.Enqueue((id, done));
            if (!_running)
            {
                _running = true;
                _ = RunAsync();
            }
        }
        return await done.Task;
    }

    private async Task RunAsync()
    {
        // Lets those that come at the same time join the first batch.
        await Task.Yield();
        while (Take() is { Count: > 0 } batch)
        {
            try
            {
                var renewal = new LeaseRenewal();
                renewal.Ids.AddRange(batch.Select(static b => b.Id));
                var result = await server.ProposeAsync<LeaseRenewalResult>(
                    new Command { LeaseRenewal = renewal }, CancellationToken.None);
                for (var i = 0; i < batch.Count; i++)
                {
                    batch[i].Done.SetResult(result.TtlSeconds[i]);
                }
            }
            catch (Exception e)
            {
                foreach (var (_, done) in batch)
                {
                    done.SetException(e);
                }
            }
        }
    }

    private List<(long Id, TaskCompletionSource<long> Done)> Take()
    {
        lock (_gate)
        {
            var batch = new List<(long, TaskCompletionSource<long>)>(Math.Min(_waiting.Count, MaxBatch));
            while (batch.Count < MaxBatch && _waiting.TryDequeue(out var next))
            {
                batch.Add(next);
            }
            _running = batch.Count > 0;
            return batch;
        }
    }
}
