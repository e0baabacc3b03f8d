using System.Globalization;
using System.Text;
using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;

namespace Kube.RaftStore.Scenarios;

/// <summary>
/// The members of a story and the messages between them, moved by commands:
/// <c>cluster N [no-prevote] [no-check-quorum] [one-entry-messages]</c>, <c>join ID</c>, <c>campaign ID</c>, <c>tick ID N</c>, <c>propose ID TEXT</c>,
/// <c>change ID STEP...</c> (+4 voter, ~4 learner, -4; <c>leave</c>), <c>transfer ID TARGET</c>, <c>read ID</c>,
/// <c>snapshot ID</c>, <c>crash ID</c>, <c>wipe ID</c>, <c>start ID</c>, <c>cut A B</c>, <c>mend</c>, <c>drop</c>, <c>step N</c>,
/// <c>deliver</c>, <c>status</c>, <c>log ID</c>.
/// </summary>
internal sealed class Stage
{
    private readonly SortedDictionary<ulong, Actor> _actors = [];
    private readonly List<Message> _network = [];
    private readonly HashSet<(ulong, ulong)> _cut = [];
    private readonly StringBuilder _output = new();
    private RaftOptions _options = new() { Id = 1 };
    private ulong _sequence;

    public string Do(string line)
    {
        _output.Clear();
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Act(words[0], words[1..]);
        return _output.Length == 0 ? "ok" : _output.ToString().TrimEnd('\n');
    }

    private void Act(string verb, string[] words)
    {
        switch (verb)
        {
            case "cluster":
                MakeCluster(words);
                break;
            case "join":
                _actors.Add(Id(words[0]), new Actor(this, Id(words[0]), ConfState.Empty));
                break;
            case "deliver":
                DeliverAll();
                break;
            case "step":
                for (var left = int.Parse(words[0], CultureInfo.InvariantCulture); left > 0 && _network.Count > 0; left--)
                {
                    DeliverOne();
                }

                break;
            case "drop":
                _network.ForEach(m => Say($"lost: {Describe(m)}"));
                _network.Clear();
                break;
            case "cut":
                _cut.Add((Id(words[0]), Id(words[1])));
                _cut.Add((Id(words[1]), Id(words[0])));
                break;
            case "mend":
                _cut.Clear();
                break;
            case "status":
                Status();
                break;
            default:
                ActAt(verb, _actors[Id(words[0])], words[1..]);
                break;
        }
    }

    private void ActAt(string verb, Actor actor, string[] words)
    {
        switch (verb)
        {
            case "campaign":
                actor.Node.Campaign();
                break;
            case "tick":
                for (var left = int.Parse(words[0], CultureInfo.InvariantCulture); left > 0; left--)
                {
                    actor.Node.Tick();
                    actor.Work();
                }

                break;
            case "propose":
                Say(actor.Node.Propose([new Proposal(EntryType.Normal, NextProposal(actor), Encoding.UTF8.GetBytes(string.Join(' ', words)))]).ToString());
                break;
            case "change":
                Say(actor.Node.Propose([new Proposal(EntryType.ConfChange, NextProposal(actor), ConfChangeCodec.Encode(Parse(words)))]).ToString());
                break;
            case "transfer":
                Say(actor.Node.TransferLeader(Id(words[0])) ? "begun" : "refused");
                break;
            case "read":
                Say(actor.Node.ReadIndex(++_sequence) ? $"read {_sequence} asked" : "no leader");
                break;
            case "snapshot":
                actor.TakeSnapshot();
                break;
            case "crash":
                actor.Crash();
                return;
            case "wipe":
                actor.Wipe();
                return;
            case "start":
                actor.Start();
                break;
            case "log":
                Say(actor.DescribeLog());
                return;
            default:
                throw new ArgumentException("unknown command " + verb);
        }

        actor.Work();
    }

    private void MakeCluster(string[] words)
    {
        _options = _options with { PreVote = !words.Contains("no-prevote"), CheckQuorum = !words.Contains("no-check-quorum") };
        if (words.Contains("one-entry-messages"))
        {
            _options = _options with { MaxMessageBytes = 1 };
        }

        var size = int.Parse(words[0], CultureInfo.InvariantCulture);
        var members = new ConfState(Enumerable.Range(1, size).Select(i => (ulong)i));
        foreach (var id in members.Voters)
        {
            _actors.Add(id, new Actor(this, id, members));
        }
    }

    private static ConfChange Parse(string[] words)
    {
        if (words is ["leave"])
        {
            return ConfChange.LeaveJoint;
        }

        var isExplicit = words[0] == "explicit";
        var steps = words.Skip(isExplicit ? 1 : 0).Select(w => new ConfChangeStep(
            w[0] switch { '+' => ConfChangeKind.AddVoter, '~' => ConfChangeKind.AddLearner, _ => ConfChangeKind.Remove }, Id(w[1..])));
        return new ConfChange(isExplicit ? ConfChangeTransition.JointExplicit : ConfChangeTransition.Auto, [.. steps]);
    }

    private void DeliverAll()
    {
        for (var left = 10_000; _network.Count > 0; left--)
        {
            Invariant.Check(left > 0, $"the members never stop talking");
            DeliverOne();
        }
    }

    private void DeliverOne()
    {
        var message = _network[0];
        _network.RemoveAt(0);
        if (_cut.Contains((message.From, message.To)) || !_actors.TryGetValue(message.To, out var target) || !target.IsUp)
        {
            Say($"lost: {Describe(message)}");
            if (message.Type == MessageType.Snapshot && _actors[message.From].IsUp)
            {
                _actors[message.From].Node.ReportSnapshot(message.To, delivered: false);
                _actors[message.From].Work();
            }

            return;
        }

        Say(Describe(message));
        if (message.Type == MessageType.Snapshot)
        {
            target.Receive(_actors[message.From], message.Snapshot!);
            _actors[message.From].Node.ReportSnapshot(message.To, delivered: true);
        }

        target.Node.Step(message);
        target.Work();
    }

    private void Status()
    {
        foreach (var actor in _actors.Values)
        {
            Say(actor.IsUp
                ? $"{actor.Id}: {actor.Node.Role} term {actor.Node.Term} leader {actor.Node.LeaderId} commit {actor.Node.CommitIndex} last {actor.Node.LastIndex} {actor.Node.Membership.ToConfState()}"
                : $"{actor.Id}: down");
        }
    }

    internal RaftOptions Options => _options;

    internal void Send(IEnumerable<Message> messages) => _network.AddRange(messages);

    internal void Say(string line) => _output.Append(line).Append('\n');

    private ProposalId NextProposal(Actor actor) => new(actor.Id, ++_sequence);

    private static ulong Id(string word) => ulong.Parse(word, CultureInfo.InvariantCulture);

    private static string Describe(Message m)
    {
        var text = $"{m.From}->{m.To} {m.Type} t{m.Term}";
        text += m.Type switch
        {
            MessageType.Append => $" after {m.LogTerm}/{m.Index} commit {m.Commit} [{string.Join(' ', m.Entries.Select(e => $"{e.Term}/{e.Index}"))}]",
            MessageType.AppendResponse => m.Reject ? $" refused {m.Index}, try {m.LogTerm}/{m.RejectHint}" : $" has {m.Index}",
            MessageType.Vote or MessageType.PreVote => $" last {m.LogTerm}/{m.Index}" + (m.LeaderTransfer ? " for the leader" : ""),
            MessageType.VoteResponse or MessageType.PreVoteResponse => m.Reject ? " no" : m.IsUnproven ? " yes, unproven" : " yes",
            MessageType.Heartbeat => $" commit {m.Commit}" + (m.Context > 0 ? $" round {m.Context}" : ""),
            MessageType.HeartbeatResponse => m.Context > 0 ? $" round {m.Context}" : "",
            MessageType.Snapshot => $" at {m.Snapshot!.Term}/{m.Snapshot.Index}",
            MessageType.ReadIndex => $" read {m.Context}",
            MessageType.ReadIndexResponse => $" read {m.Context} at {m.Index}",
            MessageType.TransferLeader => $" to {m.Context}",
            _ => "",
        };
        return text;
    }
}
