namespace Kube.ApiServer.Storage.Etcd;

/// <summary>
/// Leases for objects that expire, shared: objects written within a short while of each other hang on one lease, since
/// a lease each would cost the store more than the objects do. Thread-safe.
/// </summary>
/// <param name="grant">Makes a lease that lives so long.</param>
/// <param name="maxObjects">Objects on one lease.</param>
internal sealed class EtcdLeases(Func<TimeSpan, CancellationToken, Task<long>> grant, TimeProvider time, long maxObjects)
{
    private static readonly TimeSpan MaxSharing = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<TimeSpan, (long Id, long Granted, long Objects)> _leases = [];

    /// <summary>A lease that lives at least as long as asked, and at most a twentieth or a minute longer.</summary>
    public async Task<long> TakeAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var sharing = timeToLive / 20 < MaxSharing ? timeToLive / 20 : MaxSharing;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_leases.TryGetValue(timeToLive, out var lease) && lease.Objects < maxObjects && time.GetElapsedTime(lease.Granted) < sharing)
            {
                _leases[timeToLive] = lease with { Objects = lease.Objects + 1 };
                return lease.Id;
            }

            var granted = time.GetTimestamp();
            var id = await grant(timeToLive + sharing, cancellationToken).ConfigureAwait(false);
            _leases[timeToLive] = (id, granted, 1);
            return id;
        }
        finally
        {
            _gate.Release();
        }
    }
}
