using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Storage.Memory;

namespace Kube.RaftStore.Tests.Raft;

/// <summary>Rules of one node that a message table says best.</summary>
public class RaftNodeTests
{
    private readonly InMemoryLogStorage _storage = new(new ConfState([1, 2, 3]));

    [Theory]
    // The candidate's last entry against this member's, which is 3/4 (paper, 5.4.1).
    [InlineData(3, 4, true)]
    [InlineData(3, 5, true)]
    [InlineData(4, 2, true)]
    [InlineData(3, 3, false)]
    [InlineData(2, 9, false)]
    public void Vote_goes_only_to_a_log_that_is_as_good(ulong lastTerm, ulong lastIndex, bool granted)
    {
        var node = NewNode(entries: [(2, 2), (2, 3), (3, 4)], hardState: new HardState(3, 0, 1));
        node.Step(new Message { Type = MessageType.Vote, From = 2, To = 1, Term = 5, LogTerm = lastTerm, Index = lastIndex });
        var answer = Assert.Single(Drain(node));
        Assert.Equal((MessageType.VoteResponse, !granted, 5UL), (answer.Type, answer.Reject, answer.Term));
        Assert.Equal(granted ? 2UL : 0UL, _storage.HardState.Vote);
        Assert.Equal(5UL, _storage.HardState.Term);
    }

    [Fact]
    public void Second_candidate_of_a_term_gets_no_vote_even_after_a_restart()
    {
        var node = NewNode();
        node.Step(VoteRequest(from: 2, term: 5));
        Drain(node);
        _storage.Crash();
        node = new RaftNode(Options, _storage, new Prng(2));
        node.Step(VoteRequest(from: 3, term: 5));
        Assert.True(Assert.Single(Drain(node)).Reject);
        node.Step(VoteRequest(from: 2, term: 5));
        Assert.False(Assert.Single(Drain(node)).Reject);
    }

    [Fact]
    public void Pre_vote_changes_neither_term_nor_vote()
    {
        var node = NewNode();
        node.Step(new Message { Type = MessageType.PreVote, From = 2, To = 1, Term = 9, LogTerm = 1, Index = 1 });
        Assert.False(Assert.Single(Drain(node)).Reject);
        Assert.Equal((1UL, 0UL), (node.Term, node.Vote));
    }

    [Fact]
    public void Follower_of_a_live_leader_ignores_candidates_unless_the_leader_wants_them()
    {
        var node = NewNode();
        node.Step(new Message { Type = MessageType.Heartbeat, From = 3, To = 1, Term = 2 });
        Drain(node);
        node.Step(VoteRequest(from: 2, term: 5));
        Assert.Empty(Drain(node));
        Assert.Equal(2UL, node.Term);
        node.Step(new Message { Type = MessageType.Vote, From = 2, To = 1, Term = 5, LogTerm = 1, Index = 1, LeaderTransfer = true });
        Assert.False(Assert.Single(Drain(node)).Reject);
    }

    [Fact]
    public void Leaders_own_entry_counts_only_once_it_is_durable()
    {
        var node = Leader();
        node.Propose([new Proposal(EntryType.Normal, new ProposalId(1, 1), new byte[1])]);
        Assert.True(node.TryGetReady(1 << 20, out var ready));
        Assert.Contains(ready.Messages, m => m.Type == MessageType.Append && m.Entries.Count == 1);
        Assert.Equal(2UL, node.CommitIndex);
        _storage.Append(ready.HardState, ready.Entries, ready.MustSync);
        node.Advance();
        Assert.Equal(2UL, node.CommitIndex);
        node.Step(Ack(from: 2, index: 3, term: node.Term));
        Assert.Equal(3UL, node.CommitIndex);
    }

    [Fact]
    public void Entries_of_older_terms_are_not_committed_by_counting()
    {
        var node = NewNode(entries: [(2, 2), (2, 3)], hardState: new HardState(2, 0, 1));
        Elect(node);
        node.Step(Ack(from: 2, index: 3, term: node.Term));
        Assert.Equal(1UL, node.CommitIndex);
        node.Step(Ack(from: 2, index: 4, term: node.Term));
        Assert.Equal(4UL, node.CommitIndex);
    }

    [Fact]
    public void Quota_refuses_what_is_not_committed_but_never_the_first()
    {
        var node = Leader(Options with { MaxUncommittedBytes = 100 });
        Assert.Equal(ProposeResult.Appended, node.Propose([Command(500, 1)]));
        Assert.Equal(ProposeResult.QuotaExceeded, node.Propose([Command(1, 2)]));
        Drain(node);
        node.Step(Ack(from: 2, index: 3, term: node.Term));
        Assert.Equal(0, node.UncommittedBytes);
        Assert.Equal(ProposeResult.Appended, node.Propose([Command(1, 3)]));
    }

    [Fact]
    public void Leader_without_a_quorum_steps_down()
    {
        var node = Leader();
        for (var i = 0; i < 21; i++)
        {
            node.Tick();
            Drain(node);
        }

        Assert.Equal(Role.Follower, node.Role);
        Assert.Equal(ProposeResult.NoLeader, node.Propose([Command(1, 1)]));
    }

    [Fact]
    public void Transfer_that_is_not_taken_up_ends_after_an_election_timeout()
    {
        var node = Leader();
        Assert.True(node.TransferLeader(2));
        Assert.Equal(ProposeResult.NoLeader, node.Propose([Command(1, 1)]));
        for (var i = 0; i < 11; i++)
        {
            node.Tick();
            Drain(node);
            node.Step(new Message { Type = MessageType.HeartbeatResponse, From = 2, To = 1, Term = node.Term, Index = 2 });
        }

        Assert.Equal(0UL, node.TransferTarget);
        Assert.Equal(ProposeResult.Appended, node.Propose([Command(1, 2)]));
    }

    [Fact]
    public void Proposal_of_another_term_is_not_taken()
    {
        var node = Leader();
        var last = node.LastIndex;
        node.Step(new Message { Type = MessageType.Propose, From = 2, To = 1, Term = node.Term - 1, Entries = [new Entry(0, 0, EntryType.Normal, new ProposalId(2, 1), new byte[1])] });
        Assert.Equal(last, node.LastIndex);
        node.Step(new Message { Type = MessageType.Propose, From = 2, To = 1, Term = node.Term, Entries = [new Entry(0, 0, EntryType.Normal, new ProposalId(2, 1), new byte[1])] });
        Assert.Equal(last + 1, node.LastIndex);
    }

    [Fact]
    public void A_forwarded_proposal_that_the_network_doubles_is_taken_once()
    {
        var node = Leader();
        var last = node.LastIndex;
        Message Forwarded(ulong life, ulong number, ulong sequence) => new()
        {
            Type = MessageType.Propose,
            From = 2,
            To = 1,
            Term = node.Term,
            Context = life,
            Index = number,
            Entries = [new Entry(0, 0, EntryType.Normal, new ProposalId(2, sequence), new byte[1])],
        };
        node.Step(Forwarded(life: 70, number: 1, sequence: 70));
        node.Step(Forwarded(life: 70, number: 1, sequence: 70));
        Assert.Equal(last + 1, node.LastIndex);
        node.Step(Forwarded(life: 70, number: 3, sequence: 72));
        // Overtaken: its proposer takes it for lost and proposes again in a later term, so it must not come in now.
        node.Step(Forwarded(life: 70, number: 2, sequence: 71));
        Assert.Equal(last + 2, node.LastIndex);
        // A member that has restarted counts from one again.
        node.Step(Forwarded(life: 90, number: 1, sequence: 90));
        Assert.Equal(last + 3, node.LastIndex);
        Drain(node);
        Assert.Equal([70UL, 72UL, 90UL], _storage.Read(last + 1, last + 4, long.MaxValue).Select(e => e.Proposal.Sequence));
    }

    [Fact]
    public void Appends_are_pipelined_up_to_the_window_and_go_on_with_an_answer()
    {
        var node = Leader(Options with { MaxInflightMessages = 3 });
        node.Step(Ack(from: 2, index: 2, term: node.Term));
        Drain(node);
        var sent = 0;
        for (ulong i = 0; i < 6; i++)
        {
            node.Propose([Command(10, i)]);
            sent += Drain(node).Count(m => m.To == 2 && m.Entries.Count > 0);
        }

        Assert.Equal(3, sent);
        node.Step(Ack(from: 2, index: 3, term: node.Term));
        Assert.Contains(Drain(node), m => m.To == 2 && m.Entries.Count > 0);
    }

    [Fact]
    public void Follower_that_lost_its_log_is_filled_again()
    {
        var node = Leader();
        node.Propose([Command(10, 1)]);
        Drain(node);
        node.Step(Ack(from: 2, index: 3, term: node.Term));
        Drain(node);
        node.Step(new Message { Type = MessageType.HeartbeatResponse, From = 2, To = 1, Term = node.Term, Index = 1 });
        var append = Assert.Single(Drain(node), m => m.To == 2 && m.Type == MessageType.Append);
        Assert.Equal((1UL, 2), (append.Index, append.Entries.Count));
    }

    [Fact]
    public void Member_with_an_empty_directory_votes_and_says_so()
    {
        var node = new RaftNode(Options with { IsUnproven = true }, _storage, new Prng(1));
        node.Step(VoteRequest(from: 3, term: 8));
        var answer = Assert.Single(Drain(node));
        Assert.Equal((false, true), (answer.Reject, answer.IsUnproven));
        Assert.True(node.IsUnproven);
    }

    [Theory]
    [InlineData("yes", "yes", Role.Leader)]
    [InlineData("yes, unproven", "yes", Role.Leader)]
    [InlineData("yes, unproven", "yes, unproven", Role.Leader)]
    [InlineData("yes", "none", Role.Leader)]
    [InlineData("yes, unproven", "none", Role.Candidate)]
    [InlineData("yes, unproven", "no", Role.Candidate)]
    public void Votes_of_members_with_empty_directories_count_where_all_grant(string second, string third, Role expected)
    {
        var node = new RaftNode(Options with { PreVote = false }, _storage, new Prng(1));
        node.Campaign();
        Drain(node);
        foreach (var (from, vote) in new[] { (2UL, second), (3UL, third) })
        {
            if (vote != "none")
            {
                node.Step(new Message { Type = MessageType.VoteResponse, From = from, To = 1, Term = node.Term, Reject = vote == "no", IsUnproven = vote.EndsWith("unproven", StringComparison.Ordinal) });
            }
        }

        Assert.Equal(expected, node.Role);
    }

    [Fact]
    public void Member_with_an_empty_directory_is_trusted_again_once_a_leader_has_filled_it()
    {
        var node = new RaftNode(Options with { IsUnproven = true }, _storage, new Prng(1));
        Entry[] entries = [new(6, 2, EntryType.Normal, default, default), new(7, 3, EntryType.Normal, default, default)];
        node.Step(new Message { Type = MessageType.Append, From = 2, To = 1, Term = 7, LogTerm = 1, Index = 1, Entries = [entries[0]], Commit = 3 });
        Assert.True(node.IsUnproven);
        node.Step(new Message { Type = MessageType.Append, From = 2, To = 1, Term = 7, LogTerm = 6, Index = 2, Entries = [entries[1]], Commit = 3 });
        Assert.False(node.IsUnproven);
    }

    [Fact]
    public void Change_is_refused_while_another_is_under_way()
    {
        var node = Leader();
        node.Propose([Change(ConfChange.Single(ConfChangeKind.AddLearner, 4)), Change(ConfChange.Single(ConfChangeKind.AddLearner, 5))]);
        var append = Drain(node).First(m => m.Type == MessageType.Append && m.Entries.Count > 0);
        Assert.Equal([EntryType.ConfChange, EntryType.RefusedConfChange], append.Entries.Where(e => e.Type != EntryType.Normal).Select(e => e.Type));
    }

    [Fact]
    public void Change_decided_upon_another_membership_is_refused()
    {
        var node = Leader();
        var change = ConfChange.Single(ConfChangeKind.AddLearner, 4);
        node.Propose([Change(change with { Base = new ConfState([1, 2]).Fingerprint })]);
        Assert.Equal(ConfChangeRefusal.Stale, RefusalOf(Drain(node)));
        node.Propose([Change(change with { Base = new ConfState([1, 2, 3]).Fingerprint })]);
        Assert.Equal(EntryType.ConfChange, LastAppended(Drain(node)).Type);
    }

    [Theory]
    [InlineData(8UL, false)]
    [InlineData(11UL, true)]
    public void Learner_far_behind_is_not_promoted_where_it_must_be_ready(ulong match, bool admitted)
    {
        var node = Leader();
        CommitChange(node, ConfChange.Single(ConfChangeKind.AddLearner, 4));
        for (ulong i = 10; node.LastIndex < 12; i++)
        {
            node.Propose([Command(1, i)]);
        }

        Drain(node);
        node.Step(Ack(from: 4, index: match, term: node.Term));
        Drain(node);
        var promotion = ConfChange.Single(ConfChangeKind.AddVoter, 4);
        node.Propose([Change(promotion with { LearnersMustBeReady = true })]);
        var entry = node.Log.Read(node.LastIndex, node.LastIndex + 1, 1 << 20)[0];
        Assert.Equal(admitted ? EntryType.ConfChange : EntryType.RefusedConfChange, entry.Type);
        if (!admitted)
        {
            Assert.Equal((byte)ConfChangeRefusal.LearnerNotReady, entry.Data.Span[0]);
            node.Propose([Change(promotion)]);
            Assert.Equal(EntryType.ConfChange, node.Log.Read(node.LastIndex, node.LastIndex + 1, 1 << 20)[0].Type);
        }
    }

    [Fact]
    public void Leader_that_goes_tells_those_who_stay_that_it_is_committed()
    {
        var node = Leader();
        node.Propose([Change(ConfChange.Single(ConfChangeKind.Remove, 1))]);
        Drain(node);
        node.Step(Ack(from: 2, index: 3, term: node.Term));
        var sent = Drain(node);
        Assert.Equal(Role.Follower, node.Role);
        Assert.Contains(sent, m => m.To == 2 && m.Commit == 3);
    }

    [Fact]
    public void Member_that_is_removed_hears_that_it_is()
    {
        var node = Leader();
        node.Propose([Change(ConfChange.Single(ConfChangeKind.Remove, 3))]);
        Drain(node);
        node.Step(Ack(from: 3, index: 3, term: node.Term));
        Assert.Contains(Drain(node), m => m.To == 3 && m.Type == MessageType.Heartbeat && m.Commit == 3);
        Assert.DoesNotContain(3UL, node.Progress.Keys);
        node.Tick();
        Assert.DoesNotContain(Drain(node), m => m.To == 3);
    }

    [Fact]
    public void Messages_for_others_and_late_ones_change_nothing()
    {
        var node = Leader();
        var term = node.Term;
        node.Step(new Message { Type = MessageType.Append, From = 2, To = 9, Term = term + 5 });
        node.Step(new Message { Type = MessageType.VoteResponse, From = 2, To = 1, Term = term });
        node.Step(new Message { Type = MessageType.AppendResponse, From = 8, To = 1, Term = term, Index = 99 });
        node.Step(new Message { Type = MessageType.Vote, From = 2, To = 1, Term = term - 1 });
        Assert.Equal((term, Role.Leader), (node.Term, node.Role));
        Assert.Empty(Drain(node));
    }

    [Fact]
    public void Lease_answers_reads_without_a_round_until_it_runs_out()
    {
        var node = Leader(Options with { ReadMode = ReadMode.Lease });
        node.ReadIndex(1);
        // No heartbeat was answered yet: a round it is.
        Assert.Contains(Drain(node), m => m.Type == MessageType.Heartbeat);
        node.Tick();
        var round = Drain(node).First(m => m.Type == MessageType.Heartbeat).Context;
        node.Step(new Message { Type = MessageType.HeartbeatResponse, From = 2, To = 1, Term = node.Term, Index = 2, Context = round });
        Assert.Equal([1UL], ReadsOf(node));
        for (var tick = 0; tick < 7; tick++)
        {
            node.ReadIndex(10);
            Assert.Equal([10UL], ReadsOf(node));
            node.Tick();
        }

        Drain(node);
        node.ReadIndex(11);
        Assert.Empty(ReadsOf(node));
        Assert.Equal(Role.Leader, node.Role);
    }

    [Fact]
    public void Lease_is_over_once_a_successor_was_told_to_campaign()
    {
        var node = Leader(Options with { ReadMode = ReadMode.Lease });
        node.Tick();
        var round = Drain(node).First(m => m.Type == MessageType.Heartbeat).Context;
        node.Step(new Message { Type = MessageType.HeartbeatResponse, From = 2, To = 1, Term = node.Term, Index = 2, Context = round });
        node.ReadIndex(1);
        Assert.Equal([1UL], ReadsOf(node));
        node.TransferLeader(2);
        node.ReadIndex(2);
        Assert.Empty(ReadsOf(node));
    }

    [Theory]
    [InlineData(ReadMode.Lease, 9, false)]
    [InlineData(ReadMode.Lease, 10, true)]
    [InlineData(ReadMode.Quorum, 0, true)]
    public void Member_that_restarts_under_leases_elects_nobody_for_an_election_timeout(ReadMode mode, int ticks, bool votes)
    {
        var node = NewNode([(2, 2)], new HardState(2, 0, 1), Options with { ReadMode = mode });
        for (var i = 0; i < ticks; i++)
        {
            node.Tick();
        }

        node.Campaign();
        Assert.Equal(votes, node.Role == Role.PreCandidate);
        node.Step(new Message { Type = MessageType.Vote, From = 2, To = 1, Term = 5, LogTerm = 2, Index = 2 });
        Assert.Equal(votes, Drain(node).Any(m => m.Type == MessageType.VoteResponse && !m.Reject));
    }

    private List<ulong> ReadsOf(RaftNode node)
    {
        var reads = new List<ulong>();
        while (node.TryGetReady(1 << 20, out var ready))
        {
            reads.AddRange(ready.ReadStates.Select(r => r.Context));
            _storage.Append(ready.HardState, ready.Entries, ready.MustSync);
            node.Advance();
        }

        return reads;
    }

    private static RaftOptions Options => new() { Id = 1 };

    private static Message VoteRequest(ulong from, ulong term) =>
        new() { Type = MessageType.Vote, From = from, To = 1, Term = term, LogTerm = 1, Index = 1 };

    private static Message Ack(ulong from, ulong index, ulong term) =>
        new() { Type = MessageType.AppendResponse, From = from, To = 1, Term = term, Index = index };

    private static Proposal Command(int bytes, ulong sequence) => new(EntryType.Normal, new ProposalId(1, sequence), new byte[bytes]);

    private static Proposal Change(ConfChange change) => new(EntryType.ConfChange, default, ConfChangeCodec.Encode(change));

    private static Entry LastAppended(List<Message> sent) => sent.Last(m => m.Type == MessageType.Append && m.Entries.Count > 0).Entries[^1];

    private static ConfChangeRefusal RefusalOf(List<Message> sent)
    {
        var entry = LastAppended(sent);
        Assert.Equal(EntryType.RefusedConfChange, entry.Type);
        return (ConfChangeRefusal)entry.Data.Span[0];
    }

    private void CommitChange(RaftNode node, ConfChange change)
    {
        node.Propose([Change(change)]);
        Drain(node);
        node.Step(Ack(from: 2, index: node.LastIndex, term: node.Term));
        Drain(node);
    }

    private RaftNode NewNode((ulong Term, ulong Index)[]? entries = null, HardState? hardState = null, RaftOptions? options = null)
    {
        _storage.Append(hardState, [.. (entries ?? []).Select(e => new Entry(e.Term, e.Index, EntryType.Normal, default, default))], sync: true);
        return new RaftNode(options ?? Options, _storage, new Prng(1));
    }

    private RaftNode Leader(RaftOptions? options = null)
    {
        var node = NewNode(options: options);
        Elect(node);
        node.Step(Ack(from: 2, index: 2, term: node.Term));
        Drain(node);
        Assert.Equal((Role.Leader, 2UL), (node.Role, node.CommitIndex));
        return node;
    }

    private void Elect(RaftNode node)
    {
        node.Campaign();
        Drain(node);
        node.Step(new Message { Type = MessageType.PreVoteResponse, From = 2, To = 1, Term = node.Term + 1 });
        Drain(node);
        node.Step(new Message { Type = MessageType.VoteResponse, From = 2, To = 1, Term = node.Term });
        Drain(node);
        Assert.Equal(Role.Leader, node.Role);
    }

    /// <summary>Does the node's work and gives what it sent.</summary>
    private List<Message> Drain(RaftNode node)
    {
        var sent = new List<Message>();
        while (node.TryGetReady(1 << 20, out var ready))
        {
            sent.AddRange(ready.Messages);
            _storage.Append(ready.HardState, ready.Entries, ready.MustSync);
            sent.AddRange(ready.MessagesAfterPersist);
            node.Advance();
            foreach (var change in ready.Committed.Where(e => e.Type == EntryType.ConfChange))
            {
                node.ApplyConfChange(ConfChangeCodec.Decode(change.Data, out _));
            }
        }

        return sent;
    }
}
