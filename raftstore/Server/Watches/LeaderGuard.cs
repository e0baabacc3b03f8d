namespace Kube.RaftStore.Server.Watches;

/// <summary>
/// Cancels a stream whose client asked for a member with a leader once this one has known none for some seconds,
/// so that the client can go to another member.
/// </summary>
internal sealed class LeaderGuard : IDisposable
{
    /// <summary>etcd waits three election time-outs of one second.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly IReplicatedLog _log;
    private readonly CancellationTokenSource _stream;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private bool _isDisposed;

    public LeaderGuard(IReplicatedLog log, TimeProvider time, CancellationTokenSource stream)
    {
        _log = log;
        _stream = stream;
        _timer = time.CreateTimer(static guard => ((LeaderGuard)guard!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _log.LeadershipChanged += OnLeadershipChanged;
        OnLeadershipChanged(_log.Status);
    }

    /// <summary>True once it has cancelled the stream.</summary>
    public bool HasFired { get; private set; }

    public void Dispose()
    {
        _log.LeadershipChanged -= OnLeadershipChanged;
        lock (_gate)
        {
            _isDisposed = true;
        }
        _timer.Dispose();
    }

    private void OnLeadershipChanged(ReplicationStatus status)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _timer.Change(status.LeaderId == 0 ? s_patience : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Fire()
    {
        lock (_gate)
        {
            if (_isDisposed || _log.Status.LeaderId != 0)
            {
                return;
            }
            HasFired = true;
            // Not under the lock of whoever waits on the stream: the continuation runs elsewhere.
            _ = _stream.CancelAsync();
        }
    }
}
