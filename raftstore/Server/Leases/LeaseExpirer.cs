using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.Store.V1;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Server.Leases;

/// <summary>
/// Lets this member's lease clock tick and, while it leads, proposes the end of the leases that have run out.
/// </summary>
public sealed partial class LeaseExpirer : IAsyncDisposable
{
    /// <summary>Ticks of the lease clock in a second.</summary>
    public const int TicksPerSecond = 10;

    /// <summary>Leases ended by one command.</summary>
    private const int MaxBatch = 1000;

    private readonly StoreServer _server;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private ulong _primaryTerm;
    private long _expiredCount;

    public LeaseExpirer(StoreServer server, TimeProvider time, ILogger logger)
    {
        _server = server;
        _time = time;
        _logger = logger;
        _server.Log.LeadershipChanged += OnLeadershipChanged;
        OnLeadershipChanged(_server.Log.Status);
        _loop = RunAsync();
    }

    /// <summary>Leases ended by this member since it started.</summary>
    public long ExpiredCount => Interlocked.Read(ref _expiredCount);

    public async ValueTask DisposeAsync()
    {
        _server.Log.LeadershipChanged -= OnLeadershipChanged;
        _stopping.Cancel();
        await _loop;
        _stopping.Dispose();
    }

    private void OnLeadershipChanged(ReplicationStatus status)
    {
        if (!status.IsLeader)
        {
            _primaryTerm = 0;
            _server.Machine.Clock.Demote();
        }
        else if (_primaryTerm != status.Term)
        {
            _primaryTerm = status.Term;
            _server.Machine.Clock.Promote();
        }
    }

    private async Task RunAsync()
    {
        // A timer that fires late fires once: time in which this process stood still does not count against leases.
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TicksPerSecond), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                _server.Machine.Clock.Tick();
                var expired = _server.Machine.Clock.TakeExpired(MaxBatch);
                if (expired.Count > 0)
                {
                    await ExpireAsync(expired);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task ExpireAsync(IReadOnlyList<Lease.ExpiredLease> expired)
    {
        var command = new LeaseExpiry();
        foreach (var lease in expired)
        {
            command.Leases.Add(new LeaseExpiry.Types.Expired { Id = lease.Id, RenewedIndex = lease.RenewedIndex });
        }
        try
        {
            var result = await _server.ProposeAsync<LeaseExpiryResult>(
                new Command { LeaseExpiry = command }, _stopping.Token);
            Interlocked.Add(ref _expiredCount, result.Revoked);
            LogExpired(result.Revoked, expired.Count);
        }
        catch (RpcException e)
        {
            // They stay due; the clock gives them again.
            LogNotExpired(expired.Count, e.Status.Detail);
        }
    }
}
