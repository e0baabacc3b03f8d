using System.Text;
using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Storage.Memory;

namespace Kube.RaftStore.Tests.Raft;

/// <summary>
/// Members in one thread, with a network that delays, shuffles, doubles and drops, disks that forget what was not synced,
/// and crashes between any two steps. After every step it checks what must always hold (paper, figure 3).
/// </summary>
internal sealed class SafetyHarness
{
    private readonly Prng _prng;
    private readonly RaftOptions _template;
    private readonly List<(Message Message, int Delay)> _network = [];
    private readonly Dictionary<ulong, Node> _nodes = [];
    private readonly Dictionary<ulong, ulong> _leaderOfTerm = [];
    private readonly SortedDictionary<ulong, Entry> _committed = [];
    private readonly HashSet<(ulong From, ulong To)> _cut = [];
    private readonly List<(ulong From, ulong To)> _lostSnapshots = [];
    private double _dropChance;
    private readonly ulong _size;
    private readonly double _duplicateChance;
    private double _crashChance;
    private readonly int _maxDelay;

    /// <summary>
    /// A schedule either loses disks or changes the membership: a voter that was just added and one that lost its disk are
    /// both without data, and together they are more than a quorum can repair.
    /// </summary>
    private readonly bool _losesDisks;
    private ulong _sequence;
    private ulong _readContext;
    private readonly Dictionary<ulong, ulong> _readFloor = [];

    public SafetyHarness(ulong seed)
    {
        _prng = new Prng(seed);
        _size = (ulong)_prng.Next(1, 6);
        _dropChance = _prng.NextDouble() * 0.15;
        _duplicateChance = _prng.NextDouble() * 0.1;
        _crashChance = _prng.NextDouble() * 0.004;
        _maxDelay = _prng.Next(1, 12);
        _losesDisks = _prng.Chance(0.4);
        _template = new RaftOptions
        {
            Id = 1,
            ElectionTicks = 10,
            PreVote = _prng.Chance(0.7),
            CheckQuorum = _prng.Chance(0.7),
            MaxInflightMessages = _prng.Next(1, 8),
            MaxMessageBytes = _prng.Next(1, 400),
            MaxInflightBytes = 1000,
            MaxUncommittedBytes = 4000,
        };
        var bootstrap = new ConfState(Enumerable.Range(1, (int)_size).Select(i => (ulong)i));
        foreach (var id in bootstrap.Voters)
        {
            _nodes[id] = new Node(this, id, bootstrap);
        }

        // Two that may join.
        _nodes[6] = new Node(this, 6, ConfState.Empty);
        _nodes[7] = new Node(this, 7, ConfState.Empty);
    }

    public int Commits => _committed.Count;

    public int Elections => _leaderOfTerm.Count;

    public int Reads { get; private set; }

    public int SnapshotsInstalled { get; private set; }

    public int ConfChanges { get; private set; }

    public int Wipes { get; private set; }

    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            Act();
            foreach (var node in _nodes.Values)
            {
                CheckLeader(node);
            }
        }

        CheckLogs();
    }

    /// <summary>
    /// Mends everything and requires that all members come to the same end.
    /// </summary>
    /// <returns>False, and nothing is required, when the members that hold data are no quorum: a member without data
    /// does not vote until a leader has filled it, which is the price of not trusting one that lost its disk.</returns>
    public bool Heal()
    {
        _cut.Clear();
        _dropChance = 0;
        _crashChance = 0;
        foreach (var node in _nodes.Values.Where(n => n.Raft is null))
        {
            node.Start();
        }

        if (!HoldsQuorum())
        {
            return false;
        }

        for (var round = 0; round < 3000 && !IsSettled; round++)
        {
            foreach (var node in _nodes.Values)
            {
                node.Raft!.Tick();
                node.Work();
            }

            while (_network.Count + _lostSnapshots.Count > 0)
            {
                Deliver(lossless: true);
            }

            if (round % 50 == 49)
            {
                // A removed member never learns; what matters is those who belong.
                Leader?.Propose(_prng, ++_sequence);
            }
        }

        Assert.True(IsSettled, "the members did not come to the same end: " + string.Join("; ", _nodes.Values.Select(n => n.ToString())));
        CheckLogs();
        return true;
    }

    /// <summary>Whether those that hold data are a majority of every voter set that some member believes in.</summary>
    private bool HoldsQuorum() => _nodes.Values.Select(n => n.Raft!.Membership.ToConfState())
        .SelectMany(conf => new[] { conf.Voters, conf.VotersOutgoing })
        .Where(voters => voters.Count > 0)
        .All(voters => voters.Count(id => !_nodes[id].IsForgetful) > voters.Count / 2);

    private Node? Leader => _nodes.Values.Where(n => n.Raft?.Role == Role.Leader).MaxBy(n => n.Raft!.Term);

    private bool IsSettled
    {
        get
        {
            if (Leader is not { } leader || leader.Raft!.Membership is { IsJoint: true, AutoLeave: true } || leader.Raft.CommitIndex < leader.Raft.LastIndex
                || leader.Raft.Log.TermAt(leader.Raft.CommitIndex) != leader.Raft.Term)
            {
                return false;
            }

            return leader.Raft.Membership.ToConfState().Members.All(id => _nodes[id].Applied == leader.Raft.CommitIndex);
        }
    }

    private void Act()
    {
        var node = _nodes.Values.ElementAt(_prng.Next(_nodes.Count));
        if (node.Raft is null)
        {
            if (_prng.Chance(0.1))
            {
                MayWipe(node);
                node.Start();
            }

            return;
        }

        switch (_prng.Next(20))
        {
            case < 3:
                node.Raft.Tick();
                break;
            case < 11:
                Deliver(lossless: false);
                break;
            case < 16:
                node.Work();
                break;
            case 16:
                node.Propose(_prng, ++_sequence);
                break;
            case 17 when _prng.Chance(0.3):
                Disturb(node);
                break;
            case 18:
                Read(node);
                break;
            case 19 when _prng.Chance(0.3):
                node.TakeSnapshot(_prng);
                break;
        }

        if (_prng.Chance(_crashChance))
        {
            node.Crash();
        }
    }

    private void MayWipe(Node node)
    {
        // One at a time, of three or more: what a quorum cannot repair is lost by right.
        var others = _nodes.Values.Where(n => n.Id <= _size && n.Id != node.Id).ToArray();
        if (_losesDisks && node.Id <= _size && _size >= 3 && _prng.Chance(0.3) && others.All(n => !n.IsForgetful))
        {
            node.Wipe();
        }
    }

    private void Disturb(Node node)
    {
        var other = _nodes.Keys.ElementAt(_prng.Next(_nodes.Count));
        switch (_prng.Next(7))
        {
            case 0:
                node.Raft!.TransferLeader(other);
                break;
            case 1:
                node.Raft!.ForgetLeader();
                node.Raft.Campaign();
                break;
            case 2:
                node.Raft!.ReportUnreachable(other);
                break;
            case 3:
                _cut.Add((node.Id, other));
                break;
            case 4:
                _cut.Clear();
                break;
            default:
                if (!_losesDisks)
                {
                    ProposeChange(node);
                }

                break;
        }
    }

    private void ProposeChange(Node node)
    {
        var steps = Enumerable.Range(0, _prng.Next(1, 4))
            .Select(_ => new ConfChangeStep((ConfChangeKind)_prng.Next(3), (ulong)_prng.Next(1, 8)))
            .Where(s => _nodes.ContainsKey(s.MemberId))
            .Select(AsLearnerWhileEmpty)
            .ToArray();
        var change = _prng.Chance(0.2) ? ConfChange.LeaveJoint : new ConfChange((ConfChangeTransition)_prng.Next(3), steps);
        node.Raft!.Propose([new Proposal(EntryType.ConfChange, new ProposalId(node.Id, ++_sequence), ConfChangeCodec.Encode(change))]);
    }

    /// <summary>A member without data joins as a learner: it does not vote before a leader has filled it, so as a voter it could cost the quorum.</summary>
    private ConfChangeStep AsLearnerWhileEmpty(ConfChangeStep step) =>
        step.Kind == ConfChangeKind.AddVoter && _nodes[step.MemberId].IsForgetful ? step with { Kind = ConfChangeKind.AddLearner } : step;

    private void Read(Node node)
    {
        var context = ++_readContext;
        // What was committed anywhere by now must be covered by the answer.
        _readFloor[context] = _committed.Count == 0 ? 0 : _committed.Keys.Last();
        node.Raft!.ReadIndex(context);
    }

    private void Send(IReadOnlyList<Message> messages)
    {
        foreach (var message in messages)
        {
            if (!_nodes.ContainsKey(message.To))
            {
                continue;
            }

            var copies = _cut.Contains((message.From, message.To)) || _prng.Chance(_dropChance) ? 0 : _prng.Chance(_duplicateChance) ? 2 : 1;
            if (copies == 0 && message.Type == MessageType.Snapshot)
            {
                // A transport that loses a snapshot says so: it is a transfer, not a datagram.
                _lostSnapshots.Add((message.From, message.To));
            }

            for (; copies > 0; copies--)
            {
                _network.Add((message, _prng.Next(_maxDelay)));
            }
        }
    }

    private void Deliver(bool lossless)
    {
        foreach (var (from, to) in _lostSnapshots)
        {
            _nodes[from].Raft?.ReportSnapshot(to, delivered: false);
        }

        _lostSnapshots.Clear();
        if (_network.Count == 0)
        {
            return;
        }

        // Of the first few: reordering, but bounded.
        var at = lossless ? 0 : _prng.Next(Math.Min(_maxDelay, _network.Count));
        var message = _network[at].Message;
        _network.RemoveAt(at);
        var target = _nodes[message.To];
        if (target.Raft is null)
        {
            if (message.Type == MessageType.Snapshot)
            {
                _nodes[message.From].Raft?.ReportSnapshot(message.To, delivered: false);
            }

            return;
        }

        if (message.Type == MessageType.Snapshot)
        {
            var delivered = target.Receive(message.Snapshot!, _nodes[message.From]);
            _nodes[message.From].Raft?.ReportSnapshot(message.To, delivered);
            if (!delivered)
            {
                return;
            }
        }

        target.Raft.Step(message);
        if (lossless)
        {
            target.Work();
        }
    }

    /// <summary>Election safety, and leader completeness for the leader just elected.</summary>
    private void CheckLeader(Node node)
    {
        if (node.Raft is not { Role: Role.Leader } raft)
        {
            return;
        }

        if (!_leaderOfTerm.TryAdd(raft.Term, node.Id))
        {
            Assert.True(_leaderOfTerm[raft.Term] == node.Id, $"two leaders in term {raft.Term}: {_leaderOfTerm[raft.Term]} and {node.Id}");
            return;
        }

        foreach (var entry in _committed.Values.Where(e => e.Index >= raft.Log.FirstIndex && e.Term < raft.Term))
        {
            Assert.True(raft.Log.Matches(entry.Id), $"leader {node.Id} of term {raft.Term} lacks the committed entry {entry.Id}");
        }
    }

    /// <summary>Log matching: the same index and term means the same entry and the same ones before.</summary>
    private void CheckLogs()
    {
        var logs = _nodes.Values.Where(n => n.Raft is not null).Select(n => n.Raft!.Log).ToArray();
        for (var i = 0; i < logs.Length; i++)
        {
            for (var j = i + 1; j < logs.Length; j++)
            {
                var matched = false;
                for (var index = Math.Min(logs[i].LastIndex, logs[j].LastIndex); index >= Math.Max(logs[i].FirstIndex, logs[j].FirstIndex); index--)
                {
                    matched |= logs[i].TermAt(index) == logs[j].TermAt(index);
                    Assert.True(!matched || logs[i].TermAt(index) == logs[j].TermAt(index), $"logs match above {index} but not there");
                }
            }
        }
    }

    /// <summary>State machine safety: an index holds the same entry wherever it is applied.</summary>
    private void OnApplied(Node node, Entry entry)
    {
        if (_committed.TryGetValue(entry.Index, out var known))
        {
            Assert.True(known.Id == entry.Id && known.Proposal == entry.Proposal, $"{node.Id} applies {entry} where {known} was applied");
        }
        else
        {
            _committed.Add(entry.Index, entry);
        }
    }

    internal sealed class Node(SafetyHarness harness, ulong id, ConfState bootstrap)
    {
        private InMemoryLogStorage _storage = new(bootstrap);

        public ulong Id => id;

        public RaftNode? Raft { get; private set; } = null;

        public ulong Applied { get; private set; }

        public void Start()
        {
            Raft = new RaftNode(harness._template with { Id = id, IsUnproven = _storage.IsUnproven }, _storage, harness._prng.Fork());
            Applied = _storage.LatestSnapshot.Index;
        }

        public void Crash()
        {
            Raft = null;
            _storage.Crash();
        }

        /// <summary>Whether it may have forgotten what it promised.</summary>
        public bool IsForgetful => _storage.IsUnproven;

        /// <summary>Loses the whole disk, and every message on its way with the connections.</summary>
        public void Wipe()
        {
            Raft = null;
            _storage = new InMemoryLogStorage(bootstrap);
            harness._network.RemoveAll(m => m.Message.From == id);
            harness.Wipes++;
        }

        public void Propose(Prng prng, ulong sequence)
        {
            var data = Encoding.UTF8.GetBytes(new string('x', prng.Next(100)));
            Raft!.Propose([new Proposal(EntryType.Normal, new ProposalId(id, sequence), data)]);
        }

        public bool Receive(SnapshotMetadata snapshot, Node from)
        {
            using var source = from._storage.Snapshots.OpenToSend(snapshot);
            if (source is null || !Raft!.WantsSnapshot(snapshot))
            {
                return source is not null;
            }

            using var sink = _storage.Snapshots.Receive(snapshot);
            var bytes = new byte[source.Length];
            source.ReadExactly(bytes);
            sink.Write(bytes.AsSpan((int)sink.OffsetBytes));
            sink.Complete();
            return true;
        }

        public void TakeSnapshot(Prng prng)
        {
            if (Raft is null || Applied <= _storage.LatestSnapshot.Index || Applied != Raft.AppliedIndex)
            {
                return;
            }

            var snapshot = new SnapshotMetadata(Applied, Raft.Log.TermAt(Applied), Raft.Membership.ToConfState());
            using (var writer = _storage.Snapshots.Create(snapshot))
            {
                writer.State.Write("state"u8);
                writer.Commit();
            }

            _storage.SnapshotSaved(snapshot);
            var keep = (ulong)prng.Next(5);
            _storage.Compact(Applied > keep ? Applied - keep : 0);
        }

        /// <summary>Does the driver's work, with a crash possible between any two parts of it.</summary>
        public void Work()
        {
            while (Raft is not null && Raft.TryGetReady(10_000, out var ready))
            {
                harness.Send(ready.Messages);
                if (ready.SnapshotNeeded && Applied == Raft.AppliedIndex && Applied > 1)
                {
                    _snapshotDue = true;
                }

                if (MayCrash())
                {
                    return;
                }

                if (ready.Snapshot is { } snapshot)
                {
                    _storage.Install(snapshot, ready.HardState);
                    Applied = snapshot.Index;
                    harness.SnapshotsInstalled++;
                }

                _storage.Append(ready.HardState, ready.Entries, ready.MustSync);
                if (MayCrash())
                {
                    return;
                }

                harness.Send(ready.MessagesAfterPersist);
                Raft.Advance();
                if (!Raft.IsUnproven)
                {
                    _storage.MarkProven();
                }

                foreach (var entry in ready.Committed)
                {
                    Apply(entry);
                }

                foreach (var read in ready.ReadStates)
                {
                    harness.Reads++;
                    Assert.True(read.Index >= harness._readFloor[read.Context], $"read at {read.Index} misses what was committed at {harness._readFloor[read.Context]}");
                }

                if (_snapshotDue)
                {
                    _snapshotDue = false;
                    TakeSnapshot(harness._prng);
                }
            }
        }

        private bool _snapshotDue;

        private bool MayCrash()
        {
            if (!harness._prng.Chance(harness._crashChance))
            {
                return false;
            }

            Crash();
            return true;
        }

        private void Apply(Entry entry)
        {
            Assert.Equal(Applied + 1, entry.Index);
            Applied = entry.Index;
            harness.OnApplied(this, entry);
            if (entry.Type == EntryType.ConfChange)
            {
                Raft!.ApplyConfChange(ConfChangeCodec.Decode(entry.Data, out _));
                harness.ConfChanges++;
            }
        }

        public override string ToString() => Raft is null ? $"{id} down" : $"{id} {Raft.Role} t{Raft.Term} c{Raft.CommitIndex} l{Raft.LastIndex} a{Applied} {Raft.Membership.ToConfState()} lead={Raft.LeaderId}"
            + (Raft.Role == Role.Leader ? " [" + string.Join(", ", Raft.Progress.Select(p => $"{p.Key}:{p.Value}")) + "]" : "");
    }
}
