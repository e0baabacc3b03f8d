namespace Kube.RaftStore.Raft;

/// <summary>
/// How long a leader may count on leading (dissertation, 6.4.1): followers that answered a heartbeat elect nobody for an
/// election time-out after they heard it, and they heard it no earlier than it was sent.
/// </summary>
/// <remarks>Check-quorum alone gives no lease: it notices a lost quorum up to two election time-outs later.</remarks>
internal sealed class LeaderLease(int electionTicks)
{
    private readonly Queue<(ulong Round, long Tick)> _sent = new();
    private long? _provedTick;
    private bool _isForfeit;

    /// <summary>
    /// Shorter than an election time-out: by a fifth for clocks that run apart, and by a tick, since a tick may come the
    /// moment after something was sent or heard.
    /// </summary>
    public int LengthTicks { get; } = electionTicks - (electionTicks / 5) - 1;

    public bool HoldsAt(long tick) => !_isForfeit && tick - _provedTick < LengthTicks;

    /// <summary>Notes when the first heartbeats of a round went out.</summary>
    public void Sent(ulong round, long tick)
    {
        if (_sent.Count > electionTicks)
        {
            _sent.Dequeue();
        }

        _sent.Enqueue((round, tick));
    }

    /// <summary>A quorum has answered a round.</summary>
    public void Proved(ulong round)
    {
        while (_sent.TryPeek(out var sent) && sent.Round <= round)
        {
            _provedTick = sent.Tick;
            _sent.Dequeue();
        }
    }

    /// <summary>Gives the lease up for as long as this leadership lasts: a member was told to campaign in spite of it.</summary>
    public void Forfeit() => _isForfeit = true;

    /// <summary>Leadership has begun or ended.</summary>
    public void Reset()
    {
        _sent.Clear();
        _provedTick = null;
        _isForfeit = false;
    }
}
