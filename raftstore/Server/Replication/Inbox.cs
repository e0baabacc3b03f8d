using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Server.Replication;

/// <summary>
/// Everything that waits for a member's driver: what clients ask, what peers say, ticks, and what its own helpers
/// report. Bounded; the driver takes all of it at once.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="wake">Has the driver look again.</param>
internal sealed class Inbox(ReplicatedLogOptions options, Action wake)
{
    private readonly Lock _gate = new();
    private Batch _batch = new();
    private Batch _spare = new();
    private long _messageBytes;
    private bool _closed;

    public bool TryAdd(PendingProposal proposal)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _batch.Proposals.Add(proposal);
        }

        wake();
        return true;
    }

    public bool TryAdd(PendingRead read)
    {
        lock (_gate)
        {
            if (_closed || _batch.Reads.Count >= options.MaxPendingReads)
            {
                return false;
            }

            _batch.Reads.Add(read);
        }

        wake();
        return true;
    }

    public bool TryAdd(IReadOnlyList<Message> messages)
    {
        long bytes = 0;
        foreach (var message in messages)
        {
            bytes += message.SizeBytes;
        }

        lock (_gate)
        {
            if (_closed || _batch.Messages.Count + messages.Count > options.MaxInboxMessages || _messageBytes + bytes > options.MaxInboxBytes)
            {
                return false;
            }

            _batch.Messages.AddRange(messages);
            _messageBytes += bytes;
        }

        wake();
        return true;
    }

    /// <summary>Adds something for the driver to do on its own thread. These are few: each helper has one under way.</summary>
    public void Post(Action action)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _batch.Actions.Add(action);
        }

        wake();
    }

    public void AddUnreachable(ulong peer)
    {
        lock (_gate)
        {
            _batch.Unreachable.Add(peer);
        }

        wake();
    }

    public void Tick()
    {
        lock (_gate)
        {
            // Time that the whole process slept through is not made up for: peers were not heard in it.
            _batch.Ticks = Math.Min(_batch.Ticks + 1, 3);
        }

        wake();
    }

    /// <summary>Has <see cref="TryTake"/> succeed though nothing is there, for the driver to look again.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _batch.Woken = true;
        }

        wake();
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }

        wake();
    }

    /// <summary>All that has come, good until the next call; false when there is nothing, or no more is to be taken.</summary>
    public bool TryTake(out Batch batch, out bool isClosed)
    {
        lock (_gate)
        {
            batch = _batch;
            isClosed = _closed;
            if (_closed || _batch.IsEmpty)
            {
                return false;
            }

            _spare.Clear();
            _batch = _spare;
            _spare = batch;
            _messageBytes = 0;
            return true;
        }
    }

    /// <summary>What is left after the end, to be told so.</summary>
    public Batch TakeRest()
    {
        lock (_gate)
        {
            return _batch;
        }
    }

    /// <summary>One take.</summary>
    internal sealed class Batch
    {
        public List<PendingProposal> Proposals { get; } = [];

        public List<PendingRead> Reads { get; } = [];

        public List<Message> Messages { get; } = [];

        public List<Action> Actions { get; } = [];

        public HashSet<ulong> Unreachable { get; } = [];

        public int Ticks { get; set; }

        public bool Woken { get; set; }

        public bool IsEmpty => Proposals.Count == 0 && Reads.Count == 0 && Messages.Count == 0 && Actions.Count == 0
            && Unreachable.Count == 0 && Ticks == 0 && !Woken;

        public void Clear()
        {
            Proposals.Clear();
            Reads.Clear();
            Messages.Clear();
            Actions.Clear();
            Unreachable.Clear();
            Ticks = 0;
            Woken = false;
        }
    }
}
