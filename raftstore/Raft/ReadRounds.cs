namespace Kube.RaftStore.Raft;

/// <summary>
/// The reads a leader has to prove its leadership for (dissertation, 6.4). Every heartbeat carries the number of
/// the latest round; a quorum of answers to a round proves it and all rounds before it.
/// </summary>
internal sealed class ReadRounds
{
    private readonly Queue<Pending> _pending = new();
    private readonly Dictionary<ulong, ulong> _answered = [];

    /// <summary>The number that heartbeats carry, 0 before the first read. Never goes back, so that an answer to
    /// an earlier leadership of the same member proves nothing.</summary>
    public ulong Latest { get; private set; }

    public int Count => _pending.Count;

    /// <summary>Adds a read at an index in a round of its own, with the member that asked and that member's mark.</summary>
    public void Add(ulong asker, ulong context, ulong index) => _pending.Enqueue(new Pending(++Latest, asker, context, index));

    /// <summary>Begins a round that no read waits for.</summary>
    public ulong Begin() => ++Latest;

    public void Answer(ulong member, ulong round)
    {
        if (!_answered.TryGetValue(member, out var known) || round > known)
        {
            _answered[member] = round;
        }
    }

    /// <summary>The latest round that a member has answered.</summary>
    public ulong AnsweredBy(ulong member) => _answered.GetValueOrDefault(member);

    /// <summary>Takes out the oldest read if its round is at or before <paramref name="proved"/>.</summary>
    public bool TryTake(ulong proved, out Pending read) =>
        _pending.TryPeek(out read) && read.Round <= proved && _pending.TryDequeue(out read);

    /// <summary>Forgets everything waiting: leadership has ended or begun.</summary>
    public void Clear()
    {
        _pending.Clear();
        _answered.Clear();
    }

    internal readonly record struct Pending(ulong Round, ulong Asker, ulong Context, ulong Index);
}
