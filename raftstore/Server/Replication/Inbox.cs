using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Server.Replication;

/// <summary>
/// Everything that waits for a member's driver: what clients ask, what peers say, ticks, and what its own helpers
/// report. Bounded; the driver takes all of it at once.
/// </summary>
internal sealed class Inbox(ReplicatedLogOptions options)
{
    // A plain object: Monitor's wait is what the driver sleeps in.
    private readonly object _gate = new();
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
            Monitor.Pulse(_gate);
            return true;
        }
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
            Monitor.Pulse(_gate);
            return true;
        }
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
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Adds something for the driver to do on its own thread. These are few: each helper has one under way.</summary>
    public void Post(Action action)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _batch.Actions.Add(action);
                Monitor.Pulse(_gate);
            }
        }
    }

    public void AddUnreachable(ulong peer)
    {
        lock (_gate)
        {
            _batch.Unreachable.Add(peer);
            Monitor.Pulse(_gate);
        }
    }

    public void Tick()
    {
        lock (_gate)
        {
            // Time that the whole process slept through is not made up for: peers were not heard in it.
            _batch.Ticks = Math.Min(_batch.Ticks + 1, 3);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Has <see cref="Take"/> return though nothing is there, for the driver to look again.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _batch.Woken = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>All that has come, good until the next call; null once closed.</summary>
    /// <param name="wait">Whether to wait until there is something.</param>
    public Batch? Take(bool wait)
    {
        lock (_gate)
        {
            while (wait && !_closed && _batch.IsEmpty)
            {
                Monitor.Wait(_gate);
            }

            if (_closed)
            {
                return null;
            }

            var taken = _batch;
            _spare.Clear();
            _batch = _spare;
            _spare = taken;
            _messageBytes = 0;
            return taken;
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
