using FsCheck;
using FsCheck.Fluent;
using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Memory;

namespace Kube.RaftStore.Tests.Raft;

/// <summary>The clocks of a follower and of a leader against counters.</summary>
public class ElectionTimerProperties
{
    /// <summary>True for a tick, false for word from the leader.</summary>
    private static Gen<bool> TickOrWord => Gen.Frequency((12, Gen.Constant(true)), (1, Gen.Constant(false)));

    [Fact]
    public void Follower_campaigns_exactly_when_the_drawn_time_has_passed_without_a_leader() =>
        Prop.ForAll(
            Gen.Choose(2, 20).ToShrinking(2), ArbMap.Default.ArbFor<ulong>(), TickOrWord.ArrayOf(80).ToShrinking(), (electionTicks, seed, events) =>
            {
                var node = NewNode(new RaftOptions { Id = 1, ElectionTicks = electionTicks }, seed);
                var silentTicks = 0;
                foreach (var isTick in events)
                {
                    var limit = node.ElectionTimeoutTicks;
                    if (limit < electionTicks || limit >= 2 * electionTicks)
                    {
                        return false;
                    }

                    if (!isTick)
                    {
                        node.Step(new Message { Type = MessageType.Heartbeat, From = 2, To = 1, Term = 1 });
                        silentTicks = 0;
                    }
                    else
                    {
                        node.Tick();
                        silentTicks++;
                    }

                    var campaigns = Sent(node).Any(m => m.Type == MessageType.PreVote);
                    if (campaigns != (isTick && silentTicks >= limit))
                    {
                        return false;
                    }

                    silentTicks = campaigns ? 0 : silentTicks;
                }

                return true;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_timeout_is_drawn_sooner_or_later() =>
        Prop.ForAll(Gen.Choose(2, 12).ToShrinking(2), ArbMap.Default.ArbFor<ulong>(), (electionTicks, seed) =>
        {
            var node = NewNode(new RaftOptions { Id = 1, ElectionTicks = electionTicks }, seed);
            var drawn = new HashSet<int>();
            for (var i = 0; i < 400 * electionTicks; i++)
            {
                drawn.Add(node.ElectionTimeoutTicks);
                node.Tick();
                Sent(node);
            }

            return drawn.SetEquals(Enumerable.Range(electionTicks, electionTicks));
        }).QuickCheckThrowOnFailure();

    /// <summary>Each event says which followers answer between two ticks.</summary>
    [Fact]
    public void Leader_steps_down_exactly_at_the_first_check_without_a_quorum() =>
        Prop.ForAll(Gen.Choose(2, 8).ToShrinking(2), Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 3))).ArrayOf(60).ToShrinking(Shrinking.Smaller), (electionTicks, events) =>
        {
            var node = Leader(electionTicks);
            var (elapsed, heard) = (0, true);
            foreach (var answers in events)
            {
                node.Tick();
                Sent(node);
                elapsed++;
                if (elapsed == electionTicks)
                {
                    if (!heard)
                    {
                        return node.Role == Role.Follower;
                    }

                    (elapsed, heard) = (0, false);
                }

                if (node.Role != Role.Leader)
                {
                    return false;
                }

                foreach (var from in new ulong[] { 2, 3 }.Where(id => (answers & (1 << ((int)id - 2))) != 0))
                {
                    node.Step(new Message { Type = MessageType.HeartbeatResponse, From = from, To = 1, Term = node.Term, Index = 2 });
                    heard = true;
                }

                Sent(node);
            }

            return true;
        }).QuickCheckThrowOnFailure();

    private static Member Leader(int electionTicks)
    {
        var node = NewNode(new RaftOptions { Id = 1, ElectionTicks = electionTicks }, 1);
        node.Campaign();
        Sent(node);
        node.Step(new Message { Type = MessageType.PreVoteResponse, From = 2, To = 1, Term = 2 });
        Sent(node);
        node.Step(new Message { Type = MessageType.VoteResponse, From = 2, To = 1, Term = 2 });
        Sent(node);
        node.Step(new Message { Type = MessageType.AppendResponse, From = 2, To = 1, Term = 2, Index = 2 });
        Sent(node);
        return node;
    }

    private static Member NewNode(RaftOptions options, ulong seed) => new(options, seed);

    private static List<Message> Sent(Member node) => node.Work();

    /// <summary>A node with a disk.</summary>
    private sealed class Member
    {
        private readonly InMemoryLogStorage _storage = new(new ConfState([1, 2, 3]));
        private readonly RaftNode _node;

        public Member(RaftOptions options, ulong seed) => _node = new RaftNode(options, _storage, new Prng(seed));

        public int ElectionTimeoutTicks => _node.ElectionTimeoutTicks;

        public Role Role => _node.Role;

        public ulong Term => _node.Term;

        public void Tick() => _node.Tick();

        public void Campaign() => _node.Campaign();

        public void Step(Message message) => _node.Step(message);

        /// <summary>Does the node's work and gives what it sent.</summary>
        public List<Message> Work()
        {
            var sent = new List<Message>();
            while (_node.TryGetReady(1 << 20, out var ready))
            {
                sent.AddRange(ready.Messages);
                _storage.Append(ready.HardState, ready.Entries, ready.MustSync);
                _node.Advance();
            }

            return sent;
        }
    }
}
