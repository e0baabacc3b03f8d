using Etcd.V3;
using Grpc.Core;
using Kube.RaftStore.Server.Leases;

namespace Kube.RaftStore.Server.Concurrency;

/// <summary>
/// The lease under which somebody waits for his turn. One that the caller has not brought is made for him, and kept
/// alive as long as his call lasts; afterwards it is his to keep alive.
/// </summary>
internal sealed class LeaseSession : IAsyncDisposable
{
    /// <summary>What etcd gives such a lease, and how often it is renewed.</summary>
    private const long TtlSeconds = 60;
    private static readonly TimeSpan s_renewEvery = TimeSpan.FromSeconds(TtlSeconds / 3);

    private readonly CancellationTokenSource _ending;
    private readonly Task _renewing;

    private LeaseSession(long id, Task renewing, CancellationTokenSource ending)
    {
        Id = id;
        _renewing = renewing;
        _ending = ending;
    }

    /// <summary>The lease.</summary>
    public long Id { get; }

    public static async Task<LeaseSession> OpenAsync(
        long lease, LeaseService leases, RenewalBatcher renewals, TimeProvider time, ServerCallContext context)
    {
        var ending = new CancellationTokenSource();
        if (lease != 0)
        {
            return new LeaseSession(lease, Task.CompletedTask, ending);
        }
        var granted = await leases.LeaseGrant(new LeaseGrantRequest { TTL = TtlSeconds }, context);
        return new LeaseSession(granted.ID, RenewAsync(granted.ID, renewals, time, ending.Token), ending);
    }

    public async ValueTask DisposeAsync()
    {
        _ending.Cancel();
        await _renewing;
        _ending.Dispose();
    }

    private static async Task RenewAsync(long id, RenewalBatcher renewals, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_renewEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await renewals.RenewAsync(id);
                }
                catch (RpcException)
                {
                    // There are two more tries before the lease runs out.
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The call is over.
        }
    }
}
