using Kube.Api.Coordination.V1;
using Kube.Base;
using Kube.Client.Rest;
using Microsoft.Extensions.Logging;

namespace Kube.Client.LeaderElection;

/// <summary>
/// Runs something in one process at a time: whoever holds the Lease. Others' renewals are timed from when they are
/// seen, on the local clock, so clocks need not agree, only run at about the same speed. Two processes may lead at
/// once for a moment if one is halted past its deadline; what they lead must bear that (the API server's optimistic
/// locking does).
/// </summary>
public sealed partial class LeaderElector
{
    private const double JitterFactor = 1.2;
    private readonly ResourceClient<Lease> _leases;
    private readonly LeaderElectionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Prng _prng;
    private Lease? _observed;
    private long _observedAt;
    private string _reportedLeader = "";

    public LeaderElector(KubeClient client, LeaderElectionOptions options)
    {
        options.Validate();
        _leases = client.For<Lease>();
        _options = options;
        _time = client.Time;
        _log = client.Loggers.CreateLogger<LeaderElector>();
        _prng = new Prng((ulong)_time.GetTimestamp());
    }

    /// <summary>True while this process holds the lease.</summary>
    public bool IsLeader { get; private set; }

    /// <summary>Who was last seen holding the lease; empty when nobody.</summary>
    public string Leader => _observed?.Spec?.HolderIdentity ?? "";

    /// <summary>Called, on the elector's loop, with each new leader's identity. Must return quickly.</summary>
    public Action<string>? OnNewLeader { get; init; }

    /// <summary>
    /// Waits for the lease, then runs <paramref name="lead"/> while renewing it. Returns true when
    /// <paramref name="lead"/> has come to its end by itself or <paramref name="cancellation"/> was signalled, false
    /// when the lease was lost: then <paramref name="lead"/>'s token is signalled and it has returned.
    /// </summary>
    public async Task<bool> RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellation)
    {
        try
        {
            await AcquireAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return true;
        }

        LogBecameLeader(_options.Identity, _options.Name);
        IsLeader = true;
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var work = lead(leading.Token);
        var lost = await RenewUntilLostAsync(work, leading.Token).ConfigureAwait(false);
        IsLeader = false;
        await leading.CancelAsync().ConfigureAwait(false);
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (leading.IsCancellationRequested)
        {
            // It was told to stop.
        }
        finally
        {
            if (!lost && _options.ReleaseOnCancel)
            {
                await ReleaseAsync().ConfigureAwait(false);
            }
        }

        return !lost;
    }

    private async Task AcquireAsync(CancellationToken cancellation)
    {
        while (!await TryAcquireOrRenewAsync(cancellation).ConfigureAwait(false))
        {
            await Task.Delay(_options.RetryPeriod * (1 + (JitterFactor * _prng.NextDouble())), _time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<bool> RenewUntilLostAsync(Task work, CancellationToken cancellation)
    {
        var renewedAt = _time.GetTimestamp();
        while (true)
        {
            var pause = Task.Delay(_options.RetryPeriod, _time, cancellation);
            if (await Task.WhenAny(work, pause).ConfigureAwait(false) == work || cancellation.IsCancellationRequested)
            {
                return false;
            }

            if (await TryRenewBeforeAsync(renewedAt, cancellation).ConfigureAwait(false))
            {
                renewedAt = _time.GetTimestamp();
            }
            else if (cancellation.IsCancellationRequested)
            {
                return false;
            }
            else if (_time.GetElapsedTime(renewedAt) >= _options.RenewDeadline)
            {
                LogLost(_options.Identity, _options.Name);
                return true;
            }
        }
    }

    private async Task<bool> TryRenewBeforeAsync(long renewedAt, CancellationToken cancellation)
    {
        var left = _options.RenewDeadline - _time.GetElapsedTime(renewedAt);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        using var deadline = new CancellationTokenSource(left, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            return await TryAcquireOrRenewAsync(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>One try. False when another holds the lease, the lease changed under our hands or the server cannot be reached.</summary>
    private async Task<bool> TryAcquireOrRenewAsync(CancellationToken cancellation)
    {
        try
        {
            var now = _time.GetUtcNow();
            var lease = await _leases.FindAsync(_options.Namespace, _options.Name, cancellation).ConfigureAwait(false);
            if (lease is null)
            {
                var created = new Lease { Metadata = { Namespace = _options.Namespace, Name = _options.Name }, Spec = HeldSince(now, now, 0) };
                Observe(await _leases.CreateAsync(created, cancellation).ConfigureAwait(false));
                return true;
            }

            Observe(lease);
            var holder = lease.Spec?.HolderIdentity ?? "";
            var isOurs = holder == _options.Identity;
            var duration = TimeSpan.FromSeconds(lease.Spec?.LeaseDurationSeconds ?? 0);
            if (holder.Length > 0 && !isOurs && _time.GetElapsedTime(_observedAt) < duration)
            {
                return false;
            }

            var acquiredAt = isOurs && lease.Spec?.AcquireTime is { } since ? since.Value : now;
            lease.Spec = HeldSince(acquiredAt, now, (lease.Spec?.LeaseTransitions ?? 0) + (isOurs ? 0 : 1));
            Observe(await _leases.UpdateAsync(lease, cancellation).ConfigureAwait(false));
            return true;
        }
        catch (Exception e) when (e is KubeApiException or HttpRequestException or IOException or TimeoutException or InvalidDataException)
        {
            LogTryFailed(_options.Name, e.Message);
            return false;
        }
    }

    private async Task ReleaseAsync()
    {
        if (_observed?.Spec?.HolderIdentity != _options.Identity)
        {
            return;
        }

        using var limit = new CancellationTokenSource(_options.RenewDeadline, _time);
        try
        {
            var now = _time.GetUtcNow();
            var spec = HeldSince(now, now, _observed.Spec.LeaseTransitions ?? 0);
            spec.HolderIdentity = "";
            spec.LeaseDurationSeconds = 1;
            _observed.Spec = spec;
            await _leases.UpdateAsync(_observed, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KubeApiException or HttpRequestException or IOException or TimeoutException or InvalidDataException or OperationCanceledException)
        {
            LogReleaseFailed(_options.Name, e.Message);
        }
    }

    private LeaseSpec HeldSince(DateTimeOffset acquired, DateTimeOffset renewed, int transitions) => new()
    {
        HolderIdentity = _options.Identity,
        LeaseDurationSeconds = (int)_options.LeaseDuration.TotalSeconds,
        AcquireTime = new MicroTime(acquired),
        RenewTime = new MicroTime(renewed),
        LeaseTransitions = transitions,
    };

    private void Observe(Lease lease)
    {
        if (_observed is null || _observed.Metadata.ResourceVersion != lease.Metadata.ResourceVersion)
        {
            _observed = KubeJson.Deserialize<Lease>(KubeJson.Serialize(lease)); // the caller goes on to change its own
            _observedAt = _time.GetTimestamp();
        }

        if (Leader != _reportedLeader)
        {
            _reportedLeader = Leader;
            LogNewLeader(_options.Name, Leader);
            OnNewLeader?.Invoke(Leader);
        }
    }
}
